package lint

import (
	"net/url"
	"slices"
	"strings"
)

// This file says which calls of which tools only look. To add a tool, add a row to [sights];
// leave out what is not known to change nothing.

// sight is what is known of a tool: whether a call of it only looks.
type sight interface{ looks(words []string) bool }

var sights = map[string]sight{
	"kubectl": cluster,
	"oc":      cluster,
	"nats": calls{`account/info account/report consumer/info consumer/list consumer/ls consumer/report consumer/state server/check/connection server/check/consumer server/check/jetstream
		server/check/meta server/check/server server/check/stream server/info server/list server/ls server/ping server/report stream/info stream/list stream/ls stream/report stream/state
		stream/subjects`, options{"s:", "context= server= timeout="}, "--creds --nkey --password --token --user"},
	"docker": containers, "nerdctl": containers, "podman": containers,
	"docker-compose": calls{`images logs ps top version`, options{"f:p:", "file= profile= project-name="}, ""},
	"systemctl":      calls{`is-active is-enabled is-failed list-timers list-unit-files list-units show status`, options{"a", "all no-pager state= type= user"}, "-H -M --host --machine"},
	"helm":           calls{`history list ls status version`, options{"n:", "kube-context= namespace="}, "--kube-as --kube-token --kubeconfig"},
	"git":            calls{`blame diff log show status`, options{"C:", "no-pager"}, "--ext-diff --output -O --textconv .env"},
	"amtool":         calls{`alert/query check-config silence/query`, options{"", "alertmanager.url= output="}, ""},
	"rabbitmqctl":    rabbit,

	"kafka-acls": kafka, "kafka-configs": kafka, "kafka-consumer-groups": kafka, "kafka-topics": kafka,
	"redis-cli": redis, "valkey-cli": redis,
	"aws": ruling(awsLooks), "az": ruling(cloudLooks), "gcloud": ruling(cloudLooks),
	"psql": ruling(psqlLooks), "curl": ruling(curlLooks), "wget": ruling(wgetLooks),

	"cat": viewer{options{"AbnsvetT", "number"}, 0}, "ls": viewer{options{"1AaFhlRrSt", "all human-readable"}, 0},
	"less": viewer{sieves["less"].options, 0}, "head": viewer{sieves["head"].options, 0}, "tail": viewer{sieves["tail"].options, 0}, "wc": viewer{sieves["wc"].options, 0},
	"grep": viewer{sieves["grep"].options, 1}, "zgrep": viewer{sieves["grep"].options, 1}, "jq": viewer{sieves["jq"].options, 1}, "sha256sum": viewer{options{"bct", "check"}, 0},

	"journalctl": gauge{options{"abefg:kn:o:p:qrS:t:U:u:x", "boot catalog disk-usage follow grep= identifier= lines= list-boots no-pager output= pager-end priority= reverse since= system unit= until= user-unit="}, true},
	"top":        gauge{options{"1bcd:Hn:o:p:u:", ""}, false},
	"htop":       gauge{options{"d:p:tu:", ""}, false},
	"uptime":     gauge{options{"ps", "pretty"}, false},
	"df":         gauge{options{"ahiPT", "human-readable inodes"}, true},
	"du":         gauge{options{"achd:kmsx", "human-readable max-depth= summarize"}, true},
	"free":       gauge{options{"bghkms:tw", "human"}, false},
	"ps":         gauge{options{"AaC:efFlLo:p:uwx", "forest no-headers pid= sort= user="}, true},
	"ss":         gauge{options{"46aeHilmnoprstuwx", "listening numeric processes summary tcp"}, true},
	"netstat":    gauge{options{"aceginlprstu", ""}, false},
	"dig":        gauge{options{"46p:t:x:", ""}, true},
	"nslookup":   gauge{options{}, true},
	"host":       gauge{options{"at:v", ""}, true},
	"hostname":   gauge{options{"AdfIis", "fqdn"}, false},
	"uname":      gauge{options{"aimnoprsv", ""}, false},
	"date":       ruling(dateLooks),
}

// rulings are tools that take more than a table.
type ruling func(words []string) bool

func (r ruling) looks(words []string) bool { return r(words) }

// gauge is a tool that only shows, whatever it is given, with flags that are known.
type gauge struct {
	options
	args bool // it takes arguments
}

func (t gauge) looks(words []string) bool {
	g, known := t.parse(words)
	return known && (t.args || len(g.rest) == 0)
}

// calls are the subcommands of a tool that only look.
type calls struct {
	subs   string  // with a slash between the words of one
	before options // may stand before the subcommand
	never  string  // how no word may begin, of a flag, and what no word may contain
}

func (c calls) looks(words []string) bool {
	sub, rest, known := c.sub(words)
	return known && list(c.subs)[sub] && !c.spoilt(rest)
}

// sub is the subcommand, as long as the table has it, and what follows it.
func (c calls) sub(words []string) (sub string, rest []string, known bool) {
	for len(words) > 0 && strings.Count(sub, "/") < 3 {
		if flagged(words[0]) {
			if _, _, words, known = c.before.take(words); !known {
				return "", nil, false
			}
			continue
		}
		if sub, words = strings.TrimPrefix(sub+"/"+words[0], "/"), words[1:]; list(c.subs)[sub] {
			return sub, words, true
		}
	}
	return sub, words, false
}

func (c calls) spoilt(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(strings.Fields(c.never), func(never string) bool {
			if flagged(never) {
				return strings.HasPrefix(w, never)
			}
			return strings.Contains(strings.ToLower(w), never)
		})
	})
}

// What a secret is never read by, and nobody else's rights are taken with.
var cluster = calls{`auth/can-i auth/whoami describe events explain get logs rollout/history rollout/status top version`,
	options{"n:s:", "cluster= context= namespace= request-timeout= server="}, "--as --kubeconfig --password --profile --raw --token --username secret"}

var containers = calls{`compose/images compose/logs compose/ps compose/top container/ls events image/ls images info inspect logs ps stats system/df top version`,
	options{"c:f:p:", "context= file= profile= project-name="}, ""}

var rabbit = calls{`cluster_status list_bindings list_channels list_connections list_consumers list_exchanges list_permissions list_queues list_users list_vhosts ping status`,
	options{"n:p:q", "formatter= node= quiet silent vhost="}, ""}

// listing is a tool whose flags say whether it looks.
type listing struct {
	options
	either string // one of them is there
}

var kafka = listing{options{"", `all all-groups all-topics bootstrap-server= broker-list= cluster= command-config= describe entity-default entity-name= entity-type= exclude-internal group= list members
	offsets resource-pattern-type= state timeout= topic= unavailable-partitions under-replicated-partitions verbose zookeeper=`}, "describe list"}

func (t listing) looks(words []string) bool {
	g, known := t.parse(words)
	return known && len(g.rest) == 0 && slices.ContainsFunc(strings.Fields(t.either), func(name string) bool { return g.values[name] != nil })
}

// smells are parts of names of what holds secrets.
var smells = strings.Fields(".env .kube .netrc .p12 .pem .pfx cred environ id_ed25519 id_rsa impersonat key kubeconfig passphrase passw pgpass secret shadow token")

func smelling(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return containsAny(strings.ToLower(w), smells...) })
}

// viewer shows files; before them come as many words that name none, such as a pattern.
type viewer struct {
	options
	first int
}

func (v viewer) looks(words []string) bool {
	g, known := v.parse(words)
	if !known || len(words) == 0 {
		return false
	}
	if g.values["e"] != nil || len(g.rest) <= v.first {
		return false
	}
	return !slices.ContainsFunc(g.rest[v.first:], func(file string) bool {
		vague := strings.ContainsAny(file, "*?[") && !strings.Contains(file, "log")
		return vague || strings.HasPrefix(file, "+") || smelling([]string{file})
	})
}

// sieve is a filter, how many words it takes that name no files, and whether they are a
// program, which may do more.
type sieve struct {
	options
	most    int
	program bool
}

var sieves = map[string]sieve{
	"grep":   grep,
	"egrep":  grep,
	"fgrep":  grep,
	"jq":     {options{"CcejMnrSs", "compact-output exit-status raw-output slurp"}, 1, false},
	"yq":     {options{"CeMo:P:r", "output-format= prettyPrint"}, 1, false},
	"head":   {options{"0123456789c:n:q", "bytes= lines="}, 0, false},
	"tail":   {options{"0123456789c:Ffn:qr", "follow lines="}, 0, false},
	"less":   {options{"EeFiNMRSX", ""}, 0, false},
	"sort":   {options{"bfghk:Mnrt:uV", "human-numeric-sort key= numeric-sort reverse unique"}, 0, false},
	"uniq":   {options{"cdiu", "count"}, 0, false},
	"wc":     {options{"clLmw", "lines"}, 0, false},
	"cut":    {options{"b:c:d:f:s", "delimiter= fields="}, 0, false},
	"column": {options{"nN:s:t", "table"}, 0, false},
	"tr":     {options{"Ccds", "delete squeeze-repeats"}, 2, false},
	"awk":    {options{"F:v:", ""}, 1, true},
}

var grep = sieve{options{"A:aB:C:cEe:FHhilm:noPqRrvwx", "color colour count exclude= extended-regexp fixed-strings ignore-case include= invert-match line-buffered"}, 1, false}

func (f sieve) passes(words []string) bool {
	g, known := f.parse(words)
	if !known || len(g.rest) > f.most {
		return false
	}
	return !f.program || !slices.ContainsFunc(g.rest, acting)
}

// acting reports a program of awk that does more than print to the terminal.
func acting(program string) bool {
	_, after, prints := strings.Cut(program, "print")
	return containsAny(strings.ReplaceAll(program, "||", ""), "@", "getline", "system", "|") || prints && strings.Contains(after, ">")
}

// keyValue is a client of a store of keys; its looks are commands of the store.
type keyValue struct{ before options }

var redis = keyValue{options{"h:n:p:", "csv no-auth-warning raw"}}

func (t keyValue) looks(words []string) bool {
	g, known := t.before.parse(words)
	if !known || len(g.rest) == 0 || smelling(g.rest) {
		return false
	}
	command := strings.ToLower(g.rest[0])
	if list("client latency memory slowlog")[command] && len(g.rest) > 1 {
		return list("client/list latency/latest memory/stats memory/usage slowlog/get slowlog/len")[command+"/"+strings.ToLower(g.rest[1])]
	}
	return list(`dbsize exists get hget hlen info lindex llen lrange mget ping pttl scard strlen time ttl type xinfo xlen xpending xrange zcard`)[command]
}

// awsLooks judges by the form of the operation; what it reads of a store is no look, and what
// it writes to a file neither.
func awsLooks(words []string) bool {
	rest, known := after(words, options{"", "no-cli-pager output= profile= query= region="}, 1)
	if !known || len(rest) == 0 || smelling(words) || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "--with-dec") }) {
		return false
	}
	verb, what, _ := strings.Cut(rest[0], "-")
	return list("describe get list")[verb] && what != "" && !list("export item job-output object object-torrent records sdk")[what]
}

// after is what stands after some words of a call, flags left out.
func after(words []string, f options, n int) ([]string, bool) {
	for known := true; len(words) > 0 && (n > 0 || flagged(words[0])); {
		if !flagged(words[0]) {
			n, words = n-1, words[1:]
		} else if _, _, words, known = f.take(words); !known {
			return nil, false
		}
	}
	return words, true
}

// cloudLooks wants a verb that looks after the names of groups: "sql instances list".
func cloudLooks(words []string) bool {
	rest, known := after(words, options{"", "project= subscription="}, 1)
	if !known || smelling(words) {
		return false
	}
	for _, w := range rest {
		v, deed := lookup(w)
		switch {
		case list("describe list show")[w]:
			return true
		case flagged(w), deed && v.form == base && w != "run":
			return false
		}
	}
	return false
}

// healthPaths say how a service is, and are for everybody.
var healthPaths = list("/-/healthy /-/ready /health /health/live /health/ready /healthz /livez /metrics /readyz /status")

// healthy reports addresses that only say how a service is.
func healthy(addresses []string) bool {
	return len(addresses) > 0 && !slices.ContainsFunc(addresses, func(address string) bool {
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		return err != nil || !list("http https")[u.Scheme] || u.User != nil || u.RawQuery != "" || !healthPaths[u.EscapedPath()]
	})
}

func curlLooks(words []string) bool {
	g, known := options{"fIiLm:o:Ssvw:", "compressed connect-timeout= fail head include location max-time= output= retry= show-error silent verbose write-out="}.parse(words)
	if !known || !healthy(g.rest) || containsAny(strings.Join(g.rest, " "), "{", "[") {
		return false
	}
	for _, file := range slices.Concat(g.values["o"], g.values["output"]) {
		known = known && file == "/dev/null"
	}
	for _, format := range slices.Concat(g.values["w"], g.values["write-out"]) {
		known = known && !containsAny(format, "@", "%output")
	}
	return known
}

// wgetLooks wants the terminal: without a flag, wget writes a file.
func wgetLooks(words []string) bool {
	g, known := options{"O:qST:t:", "output-document= quiet server-response spider timeout= tries="}.parse(words)
	files := slices.Concat(g.values["O"], g.values["output-document"])
	return known && healthy(g.rest) && (g.values["spider"] != nil && len(files) == 0 || len(files) == 1 && files[0] == "-")
}
