package lint

import (
	"regexp"
	"strings"
)

// This file knows command lines that are none of opctl's.

// tools go around the operator contract, by the rule that says so.
var tools = func() map[string]string {
	all := map[string]string{}
	for rule, names := range map[string]string{
		"bypass-data": `psql mysql mysqladmin mariadb sqlite3 mongo mongosh redis-cli valkey-cli memcached-tool pg_resetwal pg_restore pg_dump pg_ctl pg_basebackup pg_rewind pgbench dropdb createdb vacuumdb reindexdb
			migrate goose flyway liquibase alembic atlas sqlcmd cqlsh influx clickhouse-client usql pgcli mycli patronictl repmgr barman pgbackrest wal-g sqlplus isql prisma rails rake etcdctl consul zkcli zkcli.sh zookeeper-shell`,
		"bypass-queue": `nats nats-top nsc kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-delete-records kafka-delete-records.sh kafka-console-producer
			kafka-console-producer.sh kafka-console-consumer kafkacat kcat rpk rabbitmqctl rabbitmqadmin pulsar-admin sqs mosquitto_pub amqp-publish celery sidekiq`,
		"bypass-host": `ansible ansible-playbook argocd at aws az chef chroot compose crictl crontab ctr dd doas docker docker-compose doctl eksctl firewall-cmd flux flyctl fsck gcloud gdb helm
		helmfile heroku htop ifconfig init ip ip6tables iptables journalctl k9s kill killall kind kubectl kustomize lazydocker lsof lvm minikube mkfs mount nc ncat nerdctl nft nomad nsenter
		oc pkill podman pulumi puppet reboot rsync runuser scp screen service sftp shutdown socat ssh strace su sudo supervisorctl swapoff sysctl systemctl tc telinit telnet
		terraform tmux tofu top ufw umount watch xargs`,
		"bypass-files": `alias awk base64 bash borg cat cd chattr cp echo emacs eval exec export find git go grep gzip head install jq less ln ls make mkdir mv nano node openssl patch perl php
		printf python python3 rclone restic rm rmdir ruby sed sh shred source tail tar tee touch truncate unlink unzip vi vim yq zsh`,
		"bypass-auth": `certbot chgrp chmod chown keytool kinit passwd setenforce setfacl useradd usermod vault visudo`,
		"bypass-api":  `ab curl grpcurl hey http httpie https postman toxiproxy toxiproxy-cli vegeta wget wrk xh`,
		"silence":     `amtool`,
		"contract":    foreign,
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

// scriptFile is a program of somebody's own.
var scriptFile = regexp.MustCompile(`\.(?:bash|js|php|pl|py|rb|sh|ts)$`)

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
		if tools[first] == "" && scriptFile.MatchString(first) {
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
