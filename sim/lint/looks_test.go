package lint_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// looking are lines that change nothing, and may stand on a page.
var looking = []string{
	`kubectl get pods`,
	`kubectl -n shop get pods -l app=fulfil -o wide`,
	`kubectl logs deploy/fulfil -n shop --since=10m | grep -c dependency.down`,
	`kubectl describe pod <pod> -n shop`,
	`kubectl logs <name of the pod>`,
	`kubectl get deploy fulfil -o jsonpath='{.status.readyReplicas}{"\n"}'`,
	`kubectl get deploy fulfil -o jsonpath={.status.replicas}`,
	`kubectl rollout status deploy/fulfil`,
	`kubectl auth can-i delete pods`,
	`kubectl --namespace=shop top pods`,
	`/usr/bin/kubectl "get" 'pods'`,
	`kubectl get pods; kubectl get events`,
	`kubectl get pods && kubectl get svc`,
	`kubectl get pods 2>&1 | less`,
	`kubectl get pods -o json | jq -r '.items[] | .metadata.name' | sort | uniq -c | head -20`,
	`oc get routes`,
	`nats stream info FULFIL_WORK`,
	`nats -s nats://broker:4222 consumer report FULFIL_WORK`,
	`nats server check stream --stream FULFIL_WORK`,
	`docker ps --filter name=fulfil`,
	`docker compose -f compose.yml logs -f --tail 100 fulfil`,
	`podman stats --no-stream`,
	`systemctl status fulfil`,
	`journalctl -u fulfil -n100 --since "10 min ago" --no-pager`,
	`journalctl -fu fulfil 2>/dev/null | grep -i timeout`,
	`helm history fulfil -n shop`,
	`git log --oneline -5`,
	`git -C /srv/config diff HEAD~1`,
	`kafka-consumer-groups.sh --bootstrap-server kafka-0:9092 --describe --group fulfilment`,
	`/opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka-0:9092 --list`,
	`rabbitmqctl list_queues name messages`,
	`redis-cli -h cache INFO memory`,
	`redis-cli get tariff:today`,
	`redis-cli slowlog get 10`,
	`amtool alert query alertname=OrdersLate`,
	`amtool --alertmanager.url=http://am:9093 silence query`,
	`aws sqs get-queue-attributes --queue-url https://sqs.example.com/1/q --attribute-names All`,
	`aws --region eu-west-1 rds describe-db-instances`,
	`gcloud sql instances list`,
	`az vm show --name db-1`,
	`psql -U fulfil_operator fulfil -c "SELECT carrier, count(*) FROM operators.parked_orders GROUP BY carrier ORDER BY 2 DESC"`,
	`psql -Atc 'select pid, state, now() - xact_start from pg_stat_activity a join pg_locks l using (pid)' fulfil`,
	`psql fulfil -c 'select 1' -c 'table operators.orders'`,
	`curl -fsS http://localhost:8081/readyz`,
	`curl -s -o /dev/null -w '%{http_code}\n' http://fulfil:8081/healthz`,
	`curl -s localhost:9090/metrics | grep fulfil_queue | awk '$2 > 100 {print $1, $2}'`,
	`wget -qO- http://localhost:8081/-/ready`,
	`watch -n 5 kubectl get pods -n shop`,
	`watch 'kubectl get pods | grep fulfil'`,
	`time kubectl get pods`,
	`tail -F /var/log/fulfil/fulfil.log`,
	`zgrep -c timeout /var/log/fulfil/*.log.gz`,
	`cat runbooks/sink-timeout.md | wc -l`,
	`grep credential_refused fulfil.log | tail -5`,
	`jq .orders[0] report.json`,
	`sha256sum plugin.wasm`,
	`uptime`, `df -h`, `free -m`, `ps aux`, `ss -tlnp`, `date -u +%H:%M`, `dig +short broker.example.com`, `top`, `hostname`,
}

// acting are lines of the same tools that change something, read a secret, or may.
var acting = []string{
	`kubectl delete pod fulfil-7c9d`,
	`kubectl get secret fulfil-db -o yaml`,
	`kubectl get pods,secrets`,
	`kubectl describe secrets`,
	`kubectl --as=system:admin get pods`,
	`kubectl get --raw /api/v1/namespaces/shop/services/fulfil:6060/proxy/internal/skip`,
	`kubectl -n shop exec deploy/fulfil -- ls`,
	`kubectl port-forward svc/fulfil 8081`,
	`kubectl rollout restart deploy/fulfil`,
	`kubectl get deploy fulfil -o yaml | kubectl apply -f -`,
	`kubectl get pods -o name | xargs kubectl delete`,
	`kubectl get pods | tee pods.txt`,
	`kubectl get pods > pods.txt`,
	`kubectl get pods &`,
	`kubectl get pods; kubectl delete pod fulfil-7c9d`,
	`kubectl get pods || kubectl delete pod fulfil-7c9d`,
	`kubectl {get,delete} pod fulfil-7c9d`,
	`kubectl $VERB pods`,
	`kubectl get $(cat what)`,
	`kubectl "delete" pod fulfil-7c9d`,
	`kubectl \get pods`,
	`kubectl -n get delete pod`,
	`for p in a b; do kubectl get pod $p; done`,
	`KUBECONFIG=/root/admin.conf kubectl get pods`,
	`sudo journalctl -u fulfil`,
	`ssh depot01 uptime`,
	`./kubectl get pods`,
	`/tmp/kubectl get pods`,
	`kubectl get pods | sort -o pods.txt`,
	`kubectl get pods | uniq - pods.txt`,
	`kubectl get pods | awk '{system("kubectl delete pod " $1)}'`,
	`kubectl get pods | awk '{print $1 > "pods.txt"}'`,
	`kubectl get pods | awk '{print | "sh"}'`,
	`kubectl get cm fulfil -o yaml | yq -i '.data.x = 1'`,
	`kubectl get pods | sh`,
	`nats stream get FULFIL_WORK 1`,
	`nats stream purge FULFIL_WORK`,
	`nats --creds admin.creds stream info FULFIL_WORK`,
	`nats server request reload`,
	`docker exec fulfil ls`,
	`docker restart fulfil`,
	`docker compose down`,
	`systemctl restart fulfil`,
	`systemctl -H db01 status postgresql`,
	`journalctl --vacuum-time=1d`,
	`journalctl --rot`,
	`helm rollback fulfil 12`,
	`helm get values fulfil`,
	`git checkout -- config.yml`,
	`git diff --output=config.yml`,
	`git -c core.pager=reboot log`,
	`kafka-consumer-groups.sh --bootstrap-server k:9092 --describe --group g --reset-offsets --to-latest --execute`,
	`kafka-topics --bootstrap-server k:9092 --delete --topic orders`,
	`rabbitmqctl purge_queue orders`,
	`redis-cli SET tariff:today 1`,
	`redis-cli -a hunter2 PING`,
	`redis-cli GET session:token:17`,
	`redis-cli CLIENT KILL 10.0.0.1:5`,
	`amtool silence add alertname=OrdersLate`,
	`aws secretsmanager get-secret-value --secret-id fulfil`,
	`aws ssm get-parameter --name /fulfil/dsn --with-decryption`,
	`aws s3api get-object --bucket b --key k out.json`,
	`aws dynamodb get-item --table-name stock-prod`,
	`aws sqs purge-queue --queue-url https://sqs.example.com/1/q`,
	`gcloud sql instances restart list`,
	`az aks get-credentials --name prod`,
	`psql fulfil`,
	`psql fulfil -f look.sql`,
	`psql "$DATABASE_URL" -c "SELECT 1 FROM operators.orders"`,
	`psql -U postgres fulfil -c "SELECT * FROM operators.orders"`,
	`psql fulfil -c "SELECT * FROM outbox"`,
	`psql fulfil -c "SELECT * FROM operators.orders; DELETE FROM outbox"`,
	`psql fulfil -c "SELECT 1 FROM operators.orders" -c "DELETE FROM outbox"`,
	`curl -X POST http://localhost:8081/metrics`,
	`curl -d x http://localhost:8081/readyz`,
	`curl http://localhost:6060/internal/relay/skip?n=1`,
	`curl -o /etc/passwd http://localhost:8081/metrics`,
	`curl http://localhost:8081/readyz http://localhost:6060/debug`,
	`wget http://localhost:8081/metrics`,
	`watch kubectl delete pod fulfil-7c9d`,
	`watch 'kubectl get pods | xargs kubectl delete pod'`,
	`watch watch uptime`,
	`tail -5 fulfil.log > short.log`,
	`cat /run/secrets/warehouse-a`,
	`cat ~/.pgpass`,
	`cat /srv/*`,
	`cat <in >out`,
	`cat <in> out`,
	`grep -r . /etc/fulfil/credentials`,
	`less '+!reboot' fulfil.log`,
	`sed -i s/a/b/ config.yml`,
	`find . -name '*.tmp' -delete`,
	`find . -exec rm {} +`,
	`date -s 12:00`,
	`date 010112002026`,
	`hostname depot02`,
	`ss -K dst 10.0.0.1`,
	`opctl queue status | grep x`,
	`kubectl get pods | grep opctl`,
}

// Promise: a command that only looks is no finding, in a fence and in a sentence; one that
// might do more is.
func TestLooks(t *testing.T) {
	for _, line := range looking {
		assert.Empty(t, lint.Fragment("x.md", []byte("```sh\n"+line+"\n```\n"), contract(t)), line)
		assert.Empty(t, lint.Fragment("x.md", []byte("Run `"+line+"` and read it.\n"), contract(t)), line)
	}
	for _, line := range acting {
		assert.NotEmpty(t, lint.Fragment("x.md", []byte("```sh\n"+line+"\n```\n"), contract(t)), line)
	}
}

// Promise: SQL that reads what is made for operators is no finding; to read the service's own
// tables is one, and so is whatever might change something.
func TestReadingViews(t *testing.T) {
	for sql, reads := range map[string]bool{
		"SELECT count(*), min(stored_at) FROM operators.outbox;":                                                        true,
		"-- the oldest first\nSELECT *\n  FROM operators.orders o -- all of them\n WHERE status = 'a;b' ORDER BY 1, 2;": true,
		"EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM operators.orders":                                                    true,
		"WITH late AS (SELECT * FROM operators.orders) SELECT count(*) FROM late, pg_stat_activity":                     true,
		"SELECT extract(epoch FROM now() - placed_at)::int FROM operators.orders":                                       true,
		"SELECT table_name FROM information_schema.tables":                                                              true,
		"SELECT * FROM operators.orders WHERE id IN (SELECT order_id FROM operators.parked_orders)":                     true,
		"SELECT 1 FROM operators.orders; SHOW work_mem;":                                                                true,
		"SELECT count(*) FROM outbox":                                                                                   false,
		"SELECT * FROM operators.orders, aggregates":                                                                    false,
		"SELECT * FROM operators.orders o JOIN operators.outbox b ON true, aggregates":                                  false,
		"SELECT * FROM (aggregates a JOIN operators.orders o ON true)":                                                  false,
		"SELECT * FROM operators.orders WHERE id IN (SELECT order_id FROM outbox)":                                      false,
		"SELECT '--', * FROM aggregates":                                                                                false,
		"SELECT * FROM operators.orders FOR UPDATE":                                                                     false,
		"SELECT * INTO copy_of FROM operators.orders":                                                                   false,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity":                                                        false,
		"SELECT operators.release(id) FROM operators.orders":                                                            false,
		"WITH gone AS (DELETE FROM outbox RETURNING *) SELECT * FROM gone":                                              false,
		"EXPLAIN ANALYZE DELETE FROM outbox":                                                                            false,
		"SELECT 1 FROM operators.orders; DROP TABLE outbox":                                                             false,
		"SELECT * FROM \"aggregates\"":                                                                                  false,
		"-- then delete the rows of the outbox\nSELECT * FROM operators.outbox":                                         false,
		"SELECT * FROM operators.outbox -- then delete the rows of the outbox":                                          false,
	} {
		assert.Equal(t, reads, len(lint.Fragment("x.md", []byte("Run:\n\n```sql\n"+sql+"\n```\n"), contract(t))) == 0, sql)
		assert.Equal(t, reads, len(lint.Fragment("x.md", []byte("Run:\n\n```\n"+sql+"\n```\n"), contract(t))) == 0, "no language: "+sql)
	}
}

// Promise: a look leaves everything else on the page as it was: a comment, the next command,
// and what is to be done with what was seen.
func TestWhatStandsBesideALook(t *testing.T) {
	for page, unsafe := range map[string]bool{
		"```sh\nkubectl get pods\nkubectl delete pod fulfil-7c9d\n```\n":          true,
		"```sh\nkubectl get pods  # then delete every pod that is not ready\n```": true,
		"```sh\nkubectl get pods  # all of them are Running\n```":                 false,
		"```\n$ kubectl get pods\nNAME  READY\nfulfil-7c9d  1/1\n```":             false,
		"Look with `kubectl get pods` and delete each pod that is not ready.\n":   true,
		"Run `nats stream info FULFIL_WORK`, then purge the stream.\n":            true,
	} {
		assert.Equal(t, unsafe, len(lint.Fragment("x.md", []byte(page), contract(t))) > 0, page)
	}
}

// Promise: a step of a runbook is a line for opctl, and nothing else, however harmless.
func TestALookIsNoStep(t *testing.T) {
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	for _, look := range []string{"kubectl get pods", "psql fulfil -c 'SELECT 1 FROM operators.orders'"} {
		findings, err := lint.Runbook("leak.md", bytes.Replace(src, []byte("opctl sink status"), []byte(look), 1), house(t))
		require.NoError(t, err)
		assert.Equal(t, []string{"form"}, ids(findings), look)
		assert.Contains(t, findings[0].Message, "opctl")
	}
	with := strings.Replace(string(src), "opctl sink status", "opctl sink status | grep x", 1)
	findings, err := lint.Runbook("leak.md", []byte(with), house(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"shell"}, ids(findings))
}
