package lint

import (
	"fmt"
	"io"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// Rule is one thing that lint finds. The examples are Markdown: a snippet, or a
// part of a runbook.
type Rule struct {
	ID       string `json:"id"`
	Summary  string `json:"summary"`
	Protects string `json:"protects"`     // the invariant
	In       string `json:"in,omitempty"` // where the examples stand: "" for a snippet, a section, "front matter", "alerts", or "rules"
	Bad      string `json:"bad"`
	Good     string `json:"good"`
}

// Safe reports a rule that snippets are judged by, too.
func (r Rule) Safe() bool { return r.In == "" }

// Rules by their identities, those of safety first.
var Rules = []Rule{
	{ID: "contract", Summary: "A step outside of the operator contract, or with arguments that it does not allow.",
		Protects: "Operators change the service only through commands that keep its invariants, and that are authorised and audited.",
		Bad:      "```sh\nopctl orders delete o-17 --reason \"stuck\"\n```\n", Good: "```sh\nopctl orders show o-17\n```\n"},
	{ID: "shell", Summary: "Shell syntax: a pipe, a list, a substitution, a redirection, a pattern.",
		Protects: "What runs is what is read: one command, the same for a person and for a drill, never handed to a shell.",
		Bad:      "```sh\nopctl orders suspects | head -1\n```\n", Good: "```sh\nopctl orders suspects\n```\n"},
	{ID: "bypass-data", Summary: "Changing a store past the service, or reading what is not made for operators: tables, rows, versions, caches.",
		Protects: "An order's state is what its events say: a row changed by hand has no event, no actor and no reason.",
		Bad:      "The quickest fix is a small update of the stock table.\n", Good: "It would be easy to update the stock table. It would also lose the event that says who did it. To look is another thing:\n\n```sql\nSELECT count(*) FROM operators.outbox;\n```\n"},
	{ID: "bypass-queue", Summary: "Purging, rewinding or publishing past the service: streams, consumers, offsets, messages.",
		Protects: "No accepted order is lost, and none is worked on twice.",
		Bad:      "There is no harm in a second publication of the day's events.\n", Good: "Bring the dead letters back:\n\n```sh\nopctl deliveries redrive --limit 100 --rate 5 --reason \"mended\"\n```\n"},
	{ID: "bypass-host", Summary: "Going to processes, containers and machines: restarts, shells, orchestrators. To look at them from outside is none.",
		Protects: "What a replica has in hand is finished, or handed over by its lease; and a restart hides what was wrong.",
		Bad:      "Restart all replicas.\n", Good: "Replicas reconnect by themselves: nobody has to restart them. Watch them with `kubectl get pods`.\n"},
	{ID: "bypass-files", Summary: "Changing files, settings, manifests, volumes, backups or names behind the service.",
		Protects: "What runs is what was released: a change by hand is in no history, and is gone with the next release.",
		Bad:      "Apply this before the peak:\n\n```yaml\nintake:\n  capacity: 100000\n```\n", Good: "The defaults, for reference:\n\n```yaml\nintake:\n  capacity: 400\n```\n\nDo not edit them: the next release undoes it.\n"},
	{ID: "bypass-config", Summary: "Turning limits, timeouts, leases or attempts up or down.",
		Protects: "Limits keep one failure from taking everything: they are changed by a release, after a load test.",
		Bad:      "Requests that time out want a longer timeout.\n", Good: "Never raise the timeout: it ties up every worker.\n"},
	{ID: "bypass-checks", Summary: "Switching off or evading a constraint, a validation, a probe, a breaker, a key against doubles.",
		Protects: "A rule of the domain holds for everybody, most of all in trouble: nothing is doubled and nothing is oversold.",
		Bad:      "Nobody will notice if the duplicate check is off for an hour.\n", Good: "*Myth:* the duplicate check may be switched off. *Fact:* it is what makes asking again safe.\n"},
	{ID: "bypass-auth", Summary: "Weakening authentication, permissions, TLS; sharing or borrowing secrets.",
		Protects: "Every change has one known actor, who was allowed to make it.",
		Bad:      "Use the application's password, since yours may only read.\n", Good: "The operator's password may only read.\n"},
	{ID: "bypass-locks", Summary: "Taking locks, leases or leadership away by hand.",
		Protects: "One writer at a time: two who both think that they hold a lock write over each other.",
		Bad:      "Delete the leader lock.\n", Good: "Wait until the leader lock expires.\n"},
	{ID: "bypass-api", Summary: "Going around the operator API: internal endpoints, debug ports, the harness' own tools, changes by hand.",
		Protects: "The API authorises, limits and audits; what goes around it does none of that.",
		Bad:      "In the broker's console: *Queues → dead letters → Purge*.\n", Good: "Operators may not call internal endpoints.\n"},
	{ID: "silence", Summary: "Silencing an alert, or editing it, as a cure.",
		Protects: "An alert is quiet because its cause is gone.",
		Bad:      "Silence the alert until Monday.\n", Good: "The alert goes quiet by itself, half a minute after its cause.\n"},
	{ID: "disguise", Summary: "Characters that nobody sees, or that look like others.",
		Protects: "A reader sees what a program reads.",
		Bad:      "Look at the d\u0430shboard.\n", Good: "Look at the dashboard.\n"},
	{ID: "unbounded", Summary: "A change of many things that says neither how many nor how fast.",
		Protects: "What has just come back is not knocked over by everything at once; and a mistake stays small.",
		Bad:      "```sh\nopctl deliveries redrive --reason \"mended\"\n```\n", Good: "```sh\nopctl deliveries redrive --limit 100 --rate 5 --reason \"mended\"\n```\n"},
	{ID: "look-first", Summary: "A change that cannot be undone, without a look at what it will change.", In: "Mitigation",
		Protects: "A statement of fact is made by someone who has looked.",
		Bad:      step("resolve", `opctl deliveries resolve d-1 --as received --reason "so they say"`),
		Good:     step("look-at", "opctl deliveries list --state in-doubt") + step("resolve", `opctl deliveries resolve d-1 --as received --reason "the warehouse has it"`)},
	{ID: "first-action", Summary: "A first action that is neither a look nor can be undone.", In: "Diagnosis",
		Protects: "Whoever was paged wrongly does no harm.",
		Bad:      step("redrive", `opctl deliveries redrive --limit 10 --rate 1 --reason "to be sure"`), Good: step("look", "opctl sink status")},
	{ID: "rollback", Summary: "A mitigation that no later step rolls back.", In: "Mitigation",
		Protects: "Nothing is in force when the incident is over: a mitigation left on is the next incident.",
		Bad:      step("pause", `opctl sink pause --reason "not well"`),
		Good:     step("pause", `opctl sink pause --reason "not well"`) + step("resume", `opctl sink resume --reason "well again"`)},
	{ID: "expectation", Summary: "A change without a condition that shows that it worked, or with one that cannot be read, or compares nothing.", In: "Mitigation",
		Protects: "A step that did nothing is noticed before the next one.",
		Bad:      "2. Read it again.\n\n   ```sh {step=\"refresh\"}\n   opctl tariffs refresh --reason \"lost\"\n   ```\n", Good: step("refresh", `opctl tariffs refresh --reason "lost"`)},
	{ID: "step-number", Summary: "Prose that sends the reader to a step that is not there, or beside a command to one that does something else.", In: "Escalation",
		Protects: "Whoever is sent to a step finds there what was promised, at three in the morning too.",
		Bad:      "Call the plumber when it still drips after step 4.\n", Good: "Call the plumber when it still drips after step 2, or after `opctl sink route --to primary` (step 3).\n"},
	{ID: "heals", Summary: "A runbook that says heals: self, and changes something.", In: "front matter",
		Protects: "Nobody is woken to do what the service does by itself.",
		Bad:      "heals: self\n  budget: {detect: 1m, recover: 5m}", Good: "budget: {detect: 1m, mitigate: 5m, recover: 5m}"},
	{ID: "unknown-alert", Summary: "An alert that the rule file does not have.", In: "front matter",
		Protects: "A signal that is waited for can come.",
		Bad:      "alerts: [Leeak]", Good: "alerts: [Leak]"},
	{ID: "unknown-log", Summary: "An event that the service does not log.", In: "front matter",
		Protects: "A signal that is waited for can come.",
		Bad:      "logs: [pipe.bursts]", Good: "logs: [pipe.burst]"},
	{ID: "unknown-metric", Summary: "A metric that the service does not have.", In: "Mitigation",
		Protects: "An absent series is not read as \"no\".",
		Bad:      strings.ReplaceAll(step("look-at", "opctl queue status"), "drips", "dripz"), Good: step("look-at", "opctl queue status")},
	{ID: "unknown-rule-metric", Summary: "A metric in a rule or an objective that the service does not have, and no recording rule makes.", In: "rules",
		Protects: "An alert can fire, and an objective can break: of a series that is not there, neither ever does.",
		Bad:      "sum(rate(dripz[1m])) > 0", Good: "sum(rate(drips[1m])) > 0"},
	{ID: "orphan-alert", Summary: "An alert without a runbook that lists it.", In: "alerts",
		Protects: "Whoever is paged knows where to begin.",
		Bad:      "", Good: "https://forge.example/o/r/blob/main/books/leak.md"},
	{ID: "runbook-url", Summary: "A runbook_url that leads to no file, or no heading of it; at a wiki, to a page that is called as no runbook is.", In: "alerts",
		Protects: "Whoever is paged knows where to begin.",
		Bad:      "https://forge.example/o/r/blob/main/books/leak.md#migitation", Good: "https://forge.example/o/r/blob/main/books/leak.md#mitigation"},
	{ID: "section", Summary: "A section is missing, or out of order.", In: "Never",
		Protects: "A tired person finds each thing in its place.",
		Bad:      "- Never close it by hand.\n\n## Notes\n", Good: "- Never close it by hand.\n"},
	{ID: "boundary", Summary: "Nobody says which part owns the failure.", In: "front matter",
		Protects: "Whoever can mend it is called.", Bad: `boundary: ""`, Good: "boundary: pipes"},
	{ID: "owner", Summary: "Nobody owns the runbook.", In: "front matter",
		Protects: "Somebody keeps it true.", Bad: `owner: ""`, Good: "owner: house"},
	{ID: "budget", Summary: "A budget that its alerts or its steps make impossible, or none.", In: "front matter",
		Protects: "A budget can be kept, so that one which is broken means something.",
		Bad:      "budget: {detect: 20s, mitigate: 5m, recover: 5m}", Good: "budget: {detect: 1m, mitigate: 5m, recover: 5m}"},
	{ID: "todo", Summary: "A gap that is still to be filled.", In: "Impact",
		Protects: "Nobody is paged to a page that is not written.", Bad: "TODO: who notices, and how.\n", Good: "Wet feet.\n"},
	{ID: "form", Summary: "A step or a key that does not have the form of a runbook.", In: "front matter",
		Protects: "What is written is what runs.", Bad: "version: 2", Good: "version: 1"},
}

// step is an example's numbered item.
func step(name, line string) string {
	return fmt.Sprintf("2. Do it.\n\n   ```sh {step=%q}\n   %s\n   ```\n\n   ```promql {within=\"1m\"}\n   max(drips) == 0\n   ```\n\n", name, line)
}

// RuleOf is the rule of an identity. An unknown one is an error that names the one that
// was meant, or all.
func RuleOf(id string) (Rule, error) {
	var all []string
	for _, r := range Rules {
		if r.ID == id {
			return r, nil
		}
		all = append(all, r.ID)
	}
	if meant := runbook.Meant(id, all); meant != "" {
		return Rule{}, fmt.Errorf("there is no rule %q%s", id, meant)
	}
	return Rule{}, fmt.Errorf("there is no rule %q; there are %s", id, strings.Join(all, ", "))
}

// Explain writes what a rule is about. An unknown identity is the error of [RuleOf].
func Explain(w io.Writer, id string) error {
	r, err := RuleOf(id)
	if err != nil {
		return err
	}
	where := ""
	if !r.Safe() {
		where = " (" + r.In + ")"
	}
	_, err = fmt.Fprintf(w, "%s: %s\n\nProtects: %s\n\nBad%s:\n\n%s\nGood%s:\n\n%s", r.ID, r.Summary, r.Protects, where, indent(r.Bad), where, indent(r.Good))
	return err
}

func indent(text string) string {
	var out strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if strings.TrimSpace(line) != "" {
			line = "    " + line
		}
		out.WriteString(line)
	}
	return out.String()
}
