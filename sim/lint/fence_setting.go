package lint

import (
	"regexp"
	"strings"
)

// This file knows by a setting's key and value whether it switches off what keeps
// the service honest.

var (
	guards   = regexp.MustCompile(`(?i)(alert|audit|auth|breaker|check|circuit|confirm|constraint|dedup|firewall|fsync|guard|idempot|liveness|mtls|permission|probe|protect|rbac|readiness|signature|ssl|throttl|tls|trigger|valid|verif)`)
	inverses = regexp.MustCompile(`(?i)(^|[_ .-])(skip|disable|disabled|bypass|insecure|force|ignore|no|allow_unsafe|unsafe|trust|unclean|anonymous|plaintext|privileged|accept_data_loss)([_ .-]|$)|skip_?(verify|valid)|insecure|bypass|^disable`)
	limits   = regexp.MustCompile(`(?i)(attempts|burst|capacity|concurrency|fuel|in_?flight|inflight|limit|max|memory|permits|pool|prefetch|quota|rate|retention|retries|timeout|workers)`)
	receiver = regexp.MustCompile(`(?i)(^|[_ .-])receivers?( name)?$`)
	nowhere  = regexp.MustCompile(`^(?:"?null"?|none|nobody|no-?one|nowhere|no-?op|nul|trash|void|discard|(?:.*[_ -])?(?:black[_-]?hole|dev[_-]?null|/dev/null)|)$`)
	off      = list("false off no 0 none disabled disable never anonymous null ~")
	grants   = regexp.MustCompile(`(?i)(^|[_ .-])(action|actions|allow|permissions|principal|publish|resource|resources|roles|subscribe|verbs)$`)
)

// setting is the rule that a key with a value breaks, or "".
func setting(key, value string) string {
	value = strings.ToLower(value)
	on := list("true on yes 1 enabled always")[value]
	switch {
	case receiver.MatchString(key) && nowhere.MatchString(value):
		return "silence"
	case inverses.MatchString(key) && on, guards.MatchString(key) && off[value] && !inverses.MatchString(key):
		return "bypass-checks"
	case limits.MatchString(key) && strings.HasSuffix(strings.ToLower(key), "enabled") && off[value],
		limits.MatchString(key) && list("unlimited infinite infinity inf none off -1 disabled")[value]:
		return "bypass-config"
	case grants.MatchString(key) && list("* >")[value]:
		return "bypass-auth"
	}
	return ""
}

// diff judges a patch: all of it when the reader is told to apply it, and else
// what it switches off. A patch of a page is none of the service.
func (l *linter) diff(b block) {
	if b.use == shown || l.headed(&b) {
		return
	}
	for line, at := range b.contents() {
		if strings.HasPrefix(line, "+++ ") && strings.HasSuffix(line, ".md") {
			return
		}
		added, is := strings.CutPrefix(line, "+")
		if !is || strings.HasPrefix(line, "+++") {
			continue
		}
		key, value := pair(added)
		rule := setting(key, value)
		if rule == "" && b.use == applied {
			rule = "bypass-files"
		}
		if rule != "" {
			l.addAt(b.text, at, at+len(line), rule, "a setting is changed by a release, not by an operator: "+line)
			return
		}
	}
}

// pair is a setting on a line of its own.
func pair(line string) (key, value string) {
	line, _, _ = strings.Cut(line, " #")
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		key, value, ok = strings.Cut(line, ":")
	}
	if !ok && strings.HasPrefix(line, "skip") {
		value = "on"
	}
	return strings.Trim(key, ` "-`+"\t"), strings.Trim(value, ` ",'`+"\t")
}
