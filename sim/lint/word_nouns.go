package lint

import "strings"

// kind of an internal thing: which deeds break it, and the rule that says so.
type kind struct {
	rule  string
	deeds deed
	nouns string
}

var kinds = []kind{
	{"bypass-data", destroys | edits | unlocks, `aggregate blob bookmark cache checkpoint col column database db document entity entry eventstore field history index journal keyspace ledger memcached migration mongo mongodb
		mysql partition postgres postgresql projection record redis revision row schema sequence snapshot sqlite statemachine store table tbl tombstone tuple view watermark`},
	{"bypass-data", edits &^ disables, `tariff pricelist amount attempt balance count counter epoch etag event flag generation hold invoice payload price quantity reservation state status stock timestamp total value version`},
	{"bypass-data", destroys, `state statement status query transaction session connection cursor`},
	{"bypass-data", destroys | edits, `key duplicate`},
	{"bypass-checks", edits | disables | destroys, `health endpoint`},
	{"bypass-data", replays, `order`},
	{"bypass-checks", disables, `flag toggle featureflag`},
	{"bypass-data", tunes, `count version quantity stock balance counter sequence revision epoch offset`},
	{"bypass-host", edits, `clock cluster container daemonset deployment image namespace node pod release replicaset statefulset`},
	{"silence", disables | destroys | edits, `rule`},
	{"bypass-auth", shares, `ip cidr laptop`},
	{"bypass-data", destroys, `booking cart customer delivery event hold invoice order payment reservation shipment stock`},
	{"bypass-queue", destroys | edits | replays | unlocks, `binding bucket consumer cursor deadletter dlq durable exchange inbox lag lane mailbox offset outbox queue sequence stream subject subscription topic`},
	{"bypass-queue", destroys | replays, `message letter event backlog job task payload notice notification delivery`},
	{"bypass-queue", edits, `offset position consumer ack`},
	{"bypass-host", destroys | restarts, `agent app application backend box broker cluster component consumer container controller daemon daemonset database deployment dispatcher etcd everything fleet frontend
		gateway host instance job kafka kubelet listener loadbalancer machine namespace nats nginx node pid pod postgres postgresql process producer proxy publisher rabbitmq
		redis relay replica replicaset runner scheduler server service sidecar statefulset system vm worker zookeeper`},
	{"bypass-host", restarts, `worker`},
	{"bypass-files", destroys | edits, `annotation artefact artifact backup binary branch cert certificate chart code commit config configmap configuration crd cron cronjob crontab data datadir directory disk
		cname dns dump env environment featureflag file filesystem finalizer folder helm hostname hosts image ingress jar keystore label library lockfile manifest module mount nameserver partition path
		plugin properties pv pvc registry script setting settings snapshot statefile storage symlink tag terraform toml truststore volume wal wasm yaml`},
	{"bypass-checks", destroys | disables | evades | edits, `admission approval assertion audit auditing auditlog breaker check checksum circuit circuitbreaker constraint dedup dedupe deduplication deduplicator duplicatecheck duplicatedetection duplicatefilter fencing foreignkey fsync
		gate guard guardrail healthcheck hook idempotency interlock limiter linter liveness precondition probe quota ratelimit readiness retention review safeguard safety sanity
		signoff throttling trigger uniqueness validation validator verification watchdog webhook`},
	{"bypass-checks", destroys | disables | evades, `auditexport auditfeed auditstream collector forwarder forwarding logexport logshipping mirroring siem syslog telemetry`},
	{"bypass-auth", destroys | disables | evades | edits, `2fa acl allowlist apparmor auth authentication authorisation authorization certificate encryption firewall iptables login mfa mtls networkpolicy oauth password permission
		pinning policy rbac rls role sandbox securitygroup selinux signature ssl sso tls whitelist`},
	{"bypass-auth", shares, `firewall port securitygroup`},
	{"bypass-checks", shares | edits | disables, `idempotencykey dedupkey requestkey`},
	{"bypass-auth", shares | edits, `777 access admin clusteradmin owner ownership permission privilege right role root rule sudo superuser`},
	{"bypass-auth", shares | destroys, `token password cred credential secret keytab kubeconfig passphrase apikey session cookie privatekey sshkey`},
	{"silence", destroys | disables | tunes | edits, `silence mute alert alarm alerting monitor monitoring pager alertmanager threshold page`},
	{"bypass-config", tunes | disables | edits, `ack ackwait attempt backoff budget capacity concurrency connection deadline grace heartbeat interval keepalive lease limit loglevel margin maxage maxattempts maxbytes maxmsgs memory parallelism
		pool poolsize prefetch quota retention retry threshold timeout tolerance ttl visibility`},
	{"bypass-locks", destroys | edits | unlocks | shares, `lock lease leader election semaphore mutex leadership pidfile fence latch`},
	{"bypass-data", destroys | edits, `alias attribute binlog cell extension hint inventory mapping metadata oplog procedure readmodel replicationslot saga segment shard slot sstable vertex writemodel`},
	{"bypass-checks", edits, `killswitch`},
	{"bypass-queue", destroys | edits, `connector consumergroup federation mirror shovel vhost`},
	{"bypass-queue", edits, `committedposition redrivepolicy`},
	{"bypass-host", elects, `broker follower leader master node postgres primary replica secondary server standby`},
	{"bypass-host", destroys | edits | disables, `autoscaler disruptionbudget hpa pdb taint`},
	{"bypass-checks", destroys | disables | evades, `archiving backup bulkhead cap ceiling confirmation durability failsafe isolation journaling killswitch outlierdetection persistence protection quorum reconciliation
		replication safetynet signing throttle`},
	{"bypass-config", tunes, `bandwidth bulkhead burst cap ceiling cpu disk fuel headroom heap isr maxmemory permit prefetchcount quorum replicationfactor thread visibilitytimeout window`},
	{"bypass-auth", destroys | disables | evades | edits, `accesscontrol bucketpolicy captcha cors iam waf`},
	{"bypass-auth", shares, `0.0.0.0/0 cidr everyone internet ingress traffic`},
	{"bypass-checks", forges, `acknowledgement answer approval callback confirmation event heartbeat message notice order receipt reply response signature webhook`},
	{"bypass-api", instructs, `balancer breaker broker cache client cluster consumer database db loadbalancer orchestrator postgres proxy queue redis relay replica scheduler server service store stream
		worker`},
	{"bypass-api", evades, `api app application approval audit contract domain endpoint frontdoor gateway opctl operator procedure process queue relay review service tool workflow`},
	{"bypass-host", runs | replays, `script oneliner playbook migration sql statement hotfix`},
	{"bypass-host", enters, `adminer bastion box broker client cluster console container database db dbeaver etcd filesystem host instance machine mongo mysql namespace node pgadmin pod postgres
		postgresql primary prod production prompt psql redis rediscli repl server session shell sql sqlclient store toxiproxy vm volume`},
}

// things are the nouns by their singular.
var things = func() map[string][]kind {
	all := map[string][]kind{}
	for _, k := range kinds {
		for _, noun := range strings.Fields(k.nouns) {
			all[singular(noun)] = append(all[singular(noun)], k)
		}
	}
	return all
}()
