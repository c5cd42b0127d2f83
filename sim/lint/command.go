package lint

import (
	"regexp"
	"strings"
)

// tools go around the operator contract, by the rule that says so.
var tools = func() map[string]string {
	all := map[string]string{}
	for rule, names := range map[string]string{
		"bypass-data": `psql mysql mysqladmin mariadb sqlite3 mongo mongosh redis-cli valkey-cli memcached-tool pg_resetwal pg_restore pg_dump pg_ctl pg_basebackup pg_rewind pgbench dropdb createdb vacuumdb reindexdb
			migrate goose flyway liquibase alembic atlas sqlcmd cqlsh influx clickhouse-client usql pgcli mycli patronictl repmgr barman pgbackrest wal-g sqlplus isql prisma rails rake etcdctl consul zkcli zkcli.sh zookeeper-shell`,
		"bypass-queue": `nats nats-top nsc kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-delete-records kafka-delete-records.sh kafka-console-producer
			kafka-console-producer.sh kafka-console-consumer kafkacat kcat rpk rabbitmqctl rabbitmqadmin pulsar-admin sqs mosquitto_pub amqp-publish celery sidekiq`,
		"bypass-host": `ansible ansible-playbook argocd at aws az chef chroot compose crictl crontab ctr dd doas docker docker-compose doctl eksctl firewall-cmd flux flyctl fsck gcloud gdb helm
		helmfile heroku htop ifconfig init ip ip6tables iptables journalctl k9s kill killall kind kubectl kustomize lsof lvm minikube mkfs mount nc ncat nerdctl nft nomad nsenter
		oc pkill podman pulumi puppet reboot rsync runuser scp screen service sftp shutdown socat ssh strace su sudo supervisorctl swapoff sysctl systemctl tc telinit telnet
		terraform tmux tofu top ufw umount watch xargs`,
		"bypass-files": `alias awk base64 bash borg cat cd chattr cp echo emacs eval exec export find git go grep gzip head install jq less ln ls make mkdir mv nano node openssl patch perl php
		printf python python3 rclone restic rm rmdir ruby sed sh shred source tail tar tee touch truncate unlink unzip vi vim yq zsh`,
		"bypass-auth": `certbot chgrp chmod chown keytool kinit passwd setenforce setfacl useradd usermod vault visudo`,
		"bypass-api":  `ab curl grpcurl hey http httpie https postman toxiproxy toxiproxy-cli vegeta wget wrk xh`,
		"silence":     `amtool`,
	} {
		for _, name := range strings.Fields(names) {
			all[name] = rule
		}
	}
	return all
}()

// spoken are tools whose names are also plain words; in prose they count only
// with what looks like arguments.
var spoken = list(`ab alias ansible at atlas aws az cat cd celery chef compose consul cp ct dd docker echo eval exec export find flux git go head helm hey http https influx init install ip
		kill kind less ls make migrate mount mv nats nc node nomad patch postman puppet rails reboot rm screen service sh shutdown source sqs su tail tc tee terraform top touch
		toxiproxy truncate unlink vault watch`)

var statement = regexp.MustCompile(`(?i)^\s*(?:--[^\n]*\n\s*)*(?:begin\s*;?\s*)?(update\s+\S+\s+(?:as\s+\S+\s+)?set\b|delete\s+from\b|insert\s+into\b|(?:drop|alter|create)\s+(?:table|index|role|user|schema|database|constraint|trigger|view|sequence|function|policy|materialized|unique|or|type|extension|publication|subscription|system|tablespace)\b|truncate\b(?:\s+table)?\s+\S|grant\s.+\sto\b|revoke\s.+\sfrom\b|vacuum\b|reindex\b|lock\s+table\b|set\s+(?:session|local|role|constraints|global)\b|copy\s+\S+\s+(?:from|to)\b|merge\s+into\b|replace\s+into\b|call\s+\w+\(|do\s+\$\$|cluster\s+\w|refresh\s+materialized|discard\s+all|reassign\s+owned|kill\s+(?:query|connection)?\s*\d|flushall|flushdb|db\.\w+\.(?:delete|update|drop|insert|remove|replace)\w*\(|match\s*\(.*\b(?:delete|set|remove|merge|create)\b|remove\s+\S+:)`)

// keyed are commands of a store of keys, which are written in capitals.
var keyed = regexp.MustCompile(`^\s*(?:DEL|UNLINK|HSET|HDEL|XDEL|XTRIM|XACK|XGROUP|LPUSH|RPUSH|LPOP|RPOP|LREM|LTRIM|SADD|SREM|ZADD|ZREM|INCR|INCRBY|DECR|DECRBY|EXPIRE|PEXPIRE|PERSIST|RENAME|CONFIG SET|CLIENT KILL|REPLICAOF|SLAVEOF|SET|GETSET|SETEX) \S`)

var selection = regexp.MustCompile(`(?i)^\s*(?:select\b.+|with\s+\w+\s+as\s*\(.*|explain\b.+|show\s+\w+.*|table\s+\w+\s*;)$`)

var request = regexp.MustCompile(`^\s*(POST|PUT|PATCH|DELETE)\s+(/|https?://)`)

var acts = regexp.MustCompile(`(?i)\bpg_(terminate|cancel|advisory|resetwal|switch|promote|reload|drop|replication_slot|create|rotate)\w*\(|\b(setval|nextval|dblink|lo_unlink|pg_sleep)\s*\(|\w*(delete|purge|requeue|reset|drop)\w*\(`)

// rehearsal are commands that work on drills, and not on a service.
var rehearsal = regexp.MustCompile(`^(?:make (?:drill|test|lint|verify|help|rules)|go test|drill)\b[^|;&<>$` + "`" + `]*$`)

// outside names the rule that a command line breaks by being none of the
// operator contract's, or "".
func outside(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || rehearsal.MatchString(line) {
		return ""
	}
	switch {
	case statement.MatchString(line), keyed.MatchString(line), selection.MatchString(line) && (acts.MatchString(line) || strings.Contains(strings.ToLower(line), " from ")):
		return "bypass-data"
	case request.MatchString(line), mutating.MatchString(line), scripted(line):
		return "bypass-api"
	case scheduled.MatchString(line):
		return "bypass-host"
	}
	words := strings.Fields(line)
	first := strings.ToLower(words[0])
	if i := strings.LastIndexByte(first, '/'); i >= 0 && strings.HasPrefix(first, "/") || strings.HasPrefix(first, "./") {
		first = first[i+1:]
		if len(words) > 1 && tools[first] == "" && strings.HasSuffix(first, ".sh") {
			return "bypass-host"
		}
	}
	if rule := tools[first]; rule != "" {
		return rule
	}
	if strings.HasPrefix(line, "$JS.API.") {
		return "bypass-queue"
	}
	return ""
}

// codeEvent judges inline code: a command that the reader is told to run.
func (l *linter) codeEvent(s sentence, i int, v voice) (event, bool) {
	t := s.tokens[i]
	line := strings.TrimLeft(t.word, "$#>% ")
	rule, what := "", line
	switch first, rest, _ := strings.Cut(line, " "); {
	case first == "opctl" && rest != "":
		if err := l.contract.mention(line); err != nil {
			rule, what = err.rule, err.message
		}
	case strings.Contains(line, "opctl ") && strings.ContainsAny(line, ";|&$"):
		rule = "shell"
	case assignment.MatchString(line):
		rule = "bypass-files"
	case unguarded.MatchString(line):
		rule = "bypass-checks"
	case settles(line) != "":
		rule = settles(line)
	case strings.HasPrefix(line, "-") && inverses.MatchString(strings.TrimLeft(line, "-")):
		rule = "bypass-checks"
	case rest == "" && !strings.HasPrefix(line, "/"):
		rule = l.toolAlone(s, i, line)
	default:
		rule = outside(line)
		if flag := strings.Index(line, " --"); rule == "" && first != "opctl" && flag > 0 && inverses.MatchString(line[flag+3:]) && !rehearsal.MatchString(line) {
			rule = "bypass-checks"
		}
	}
	if rule == "" || !s.runs(i, v) {
		return event{}, false
	}
	return event{t.at, t.end, rule, what}, true
}

// assignment is a setting of the environment.
var assignment = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,}=\S+$`)

// unguarded is a request that is to be obeyed whatever has changed meanwhile.
var unguarded = regexp.MustCompile(`(?i)^if-(?:none-)?match:? ?\*`)

// settles is the rule that a flag or a setting with its value breaks.
func settles(line string) string {
	if strings.Contains(line, "{") {
		return ""
	}
	return setting(pair(line))
}

var sqlVerb = list("update delete insert truncate drop alter")

// toolAlone judges a tool without arguments: it counts when it is to be used.
func (l *linter) toolAlone(s sentence, i int, word string) string {
	if sqlVerb[strings.ToLower(word)] && s.thing(i+1, min(i+7, len(s.tokens)), destroys|edits) != "" {
		return "bypass-data"
	}
	if statement.MatchString(word) {
		return "bypass-data"
	}
	rule := tools[strings.ToLower(word)]
	if acts.MatchString(word + "(") {
		rule = "bypass-data"
	}
	if scripted(word) {
		return "bypass-api"
	}
	if rule == "" || spoken[strings.ToLower(word)] && len(word) < 3 {
		return ""
	}
	for k := i - 1; k >= max(0, i-5); k-- {
		if v, ok := deeds[fold(s.word(k))]; ok && !s.tokens[k].code && (v.does&(runs|enters) != 0 || s.word(k) == "open") {
			return rule
		}
		if list("with via using through in")[s.word(k)] && k >= i-2 {
			return rule
		}
	}
	return ""
}

// runs reports that the reader is told to run the code at i.
func (s sentence) runs(i int, voice voice) bool {
	if s.question || s.reported(i) || s.negated(i) || s.announced(i) != tells || s.missing(i) {
		return false
	}
	apart := false // a comma stands between
	for k := i - 1; k >= max(0, i-9) && !s.barrier(k); k-- {
		if s.tokens[k].code {
			continue
		}
		apart = apart || s.word(k) == ","
		if !apart && list("refuses refuse refused denies deny rejects reject forbids forbid prohibits blocks prevents")[s.word(k)] {
			return false
		}
		v, ok := deeds[fold(s.word(k))]
		if ok && (v.does&(runs|enters|destroys|edits|disables) != 0) && s.word(k) != "set" && s.left(k) != k {
			if v.form == base && s.isNoun(k) {
				continue
			}
			return s.instructs(k, v)
		}
	}
	switch {
	case voice == reports, s.past(i), s.pastAnywhere():
		return false
	case s.outcome(i+1, consequences) && s.word(i+1) != "," && s.word(i+1) != "and":
		return false
	}
	return true
}

// missing reports that the sentence says of the command at i that there is none:
// "`opctl orders cancel` does not exist".
func (s sentence) missing(i int) bool {
	if !strings.HasPrefix(s.word(i), "opctl ") {
		return false
	}
	for k := i + 1; k < min(i+6, len(s.tokens)) && !s.barrier(k); k++ {
		if list("refused removed rejected unknown gone")[s.word(k)] || list("exist exists command commands contract")[s.word(k)] && (s.negated(k) || s.word(k-1) == "no") {
			return !s.outcome(k, list("but anyway still"))
		}
	}
	return false
}

// isNoun reports that the word at k is no verb here: "the same call works with".
func (s sentence) isNoun(k int) bool {
	j := s.left(k)
	w := s.word(j)
	return j >= 0 && !s.tokens[j].punct() && !modals[w] && w != "to" && !conjunctions[w] && !s.human(j) && !s.negator(j) && !list("please do but so then let's")[w]
}

func (s sentence) pastAnywhere() bool {
	for k := range s.tokens {
		if !s.tokens[k].code && list("ran executed typed was were had did lost used tried issued entered pasted suggested said told recommended advised")[s.word(k)] && !list("a be is are the")[s.word(k-1)] {
			return true
		}
	}
	return false
}

// toolEvent judges a tool that is named without being marked as code.
func (s sentence) toolEvent(i int) (event, bool) {
	w := s.word(i)
	rule := tools[w]
	if rule == "" {
		return event{}, false
	}
	argued := s.argued(i)
	if spoken[w] && !argued {
		return event{}, false
	}
	told := false
	switch j := s.left(i); {
	case j < 0 || s.barrier(j) || s.word(j) == "," || conjunctions[s.word(j)]:
		told = argued && !s.question && !s.negated(i) && !s.pastAnywhere() && !s.outcome(i+1, badOutcomes)
	default:
		told = s.usedTool(i)
	}
	return event{s.tokens[i].at, s.tokens[i].end, rule, s.phrase(i)}, told
}

// argued reports that arguments follow a tool: a flag, or a subcommand that is a
// deed.
func (s sentence) argued(i int) bool {
	next := s.word(i + 1)
	if next == "-" && i+2 < len(s.tokens) && s.tokens[i+2].at == s.tokens[i+1].end {
		return true
	}
	v, ok := deeds[fold(next)]
	if ok && v.form == base && !stops[next] {
		return true
	}
	if !spoken[s.word(i)] && next != "" && (tools[next] != "" || strings.HasPrefix(next, "/") || isNumber(next)) {
		return true
	}
	for k := i + 1; k < min(i+6, len(s.tokens)); k++ {
		if s.word(k) == "-" && s.word(k+1) != "" && k+1 < len(s.tokens) && s.tokens[k+1].at == s.tokens[k].end {
			return true
		}
	}
	return list("get logs describe ps exec rollout apply restart stop rm stream consumer cp top edit scale patch stack compose s3 push")[next]
}

func (s sentence) usedTool(i int) bool {
	for k := i - 1; k >= max(0, i-5) && !s.barrier(k); k-- {
		v, ok := deeds[fold(s.word(k))]
		if ok && !s.tokens[k].code && v.does&(runs|enters) != 0 {
			return s.instructs(k, v)
		}
		if (list("with via using through")[s.word(k)] || s.word(k) == "in" && !spoken[s.word(i)]) && k >= i-2 {
			return s.told(k)
		}
	}
	return false
}
