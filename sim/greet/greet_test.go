package greet_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// peer listens, and plays the far end of each connection, as long as the test lasts.
func peer(t *testing.T, plays func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			plays(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		assert.NoError(t, l.Close())
		<-done
	})
	return l.Addr().String()
}

// trips greets and asks some times, and returns the first error.
func trips(t *testing.T, at string, g world.Greeter, times int) error {
	t.Helper()
	conn, err := net.Dial("tcp", at)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	ask, err := g(ctx, conn)
	for n := 0; n < times && err == nil; n++ {
		err = ask(ctx)
	}
	return err
}

// answers reads lines and answers each, by what is in it; an empty answer hangs up.
func answers(answer func(line string) string) func(net.Conn) {
	return func(conn net.Conn) {
		for in := bufio.NewScanner(conn); in.Scan(); {
			says := answer(in.Text())
			if _, err := io.WriteString(conn, says); err != nil || says == "" {
				return
			}
		}
	}
}

func TestLine(t *testing.T) {
	at := peer(t, answers(func(line string) string { return "VERSION " + line + "\r\n" }))
	assert.NoError(t, trips(t, at, greet.Line("version"), 3))
	gone := peer(t, answers(func(string) string { return "" }))
	assert.ErrorIs(t, trips(t, gone, greet.Line("version"), 1), io.EOF)
}

// Promise: any status is an answer; a connection that does not stay open is no way to
// probe one that was open before the fault.
func TestHTTP(t *testing.T) {
	for status, ends := range map[int]bool{http.StatusOK: false, http.StatusNotFound: false, http.StatusServiceUnavailable: true} {
		var asked []string
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.URL.Path)
			if ends {
				rw.Header().Set("Connection", "close")
			}
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, strings.Repeat("all is well ", 1000))
		}))
		err := trips(t, s.Listener.Addr().String(), greet.HTTP("/health"), 2)
		s.Close()
		if ends {
			assert.ErrorContains(t, err, "closes the connection")
			continue
		}
		assert.NoError(t, err)
		assert.Equal(t, []string{"GET /health", "GET /health"}, asked)
	}
}

// redis reads whole commands, and answers.
func redis(answer func(args []string) string) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for {
			var count int
			if _, err := fmt.Fscanf(in, "*%d\r\n", &count); err != nil {
				return
			}
			args := make([]string, count)
			for i := range args {
				var size int
				if _, err := fmt.Fscanf(in, "$%d\r\n", &size); err != nil {
					return
				}
				arg := make([]byte, size+2)
				if _, err := io.ReadFull(in, arg); err != nil {
					return
				}
				args[i] = string(arg[:size])
			}
			if _, err := io.WriteString(conn, answer(args)); err != nil {
				return
			}
		}
	}
}

func TestRedis(t *testing.T) {
	var asked []string
	at := peer(t, redis(func(args []string) string {
		asked = append(asked, args[0])
		return fmt.Sprintf("$%d\r\n%s\r\n", len(args[1]), args[1])
	}))
	assert.NoError(t, trips(t, at, greet.Redis(), 3))
	assert.Equal(t, []string{"PING", "PING", "PING"}, asked)
	for says, want := range map[string]string{"-NOAUTH Authentication required.": "", "-LOADING Redis is loading": "-LOADING Redis is loading"} {
		err := trips(t, peer(t, redis(func([]string) string { return says + "\r\n" })), greet.Redis(), 2)
		if want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
}

func TestNATS(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true,
		Users: []*server.User{{Username: "drill", Password: `"hush"`, Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{greet.Subject}}}},
			{Username: "mute", Password: "hush", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{"other"}}}}}})
	require.NoError(t, err)
	s.Start()
	defer s.Shutdown()
	require.True(t, s.ReadyForConnections(5*time.Second))
	at := s.Addr().String()
	assert.NoError(t, trips(t, at, greet.NATS("drill", `"hush"`), 3))
	assert.ErrorContains(t, trips(t, at, greet.NATS("", ""), 1), "Authorization Violation")
	assert.ErrorContains(t, trips(t, at, greet.NATS("mute", "hush"), 2), "Permissions Violation")
	assert.ErrorContains(t, trips(t, peer(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail\r\n") }), greet.NATS("", ""), 1), "220 mail")
}

// Promise: a server that pings an idle connection is answered, and not taken for its own
// answer.
func TestNATSAnswersPings(t *testing.T) {
	answered := make(chan string, 1)
	at := peer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "INFO {}\r\n")
		for in := bufio.NewScanner(conn); in.Scan(); {
			switch in.Text() {
			case "PING":
				_, _ = io.WriteString(conn, "PING\r\nPONG\r\n")
			case "PONG":
				answered <- in.Text()
				return
			}
		}
	})
	assert.NoError(t, trips(t, at, greet.NATS("", ""), 1))
	assert.Equal(t, "PONG", <-answered)
}

// postgres logs anybody of that name in, and answers statements.
func postgres(user string) func(net.Conn) {
	return func(conn net.Conn) {
		b := pgproto3.NewBackend(conn, conn)
		hello, err := b.ReceiveStartupMessage()
		start, ok := hello.(*pgproto3.StartupMessage)
		if err != nil || !ok {
			return
		}
		if start.Parameters["user"] != user {
			b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "28000", Message: "no such role"})
			_ = b.Flush()
			return
		}
		b.Send(&pgproto3.AuthenticationOk{})
		for {
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			if b.Flush() != nil {
				return
			}
			if _, err := b.Receive(); err != nil {
				return
			}
			b.Send(&pgproto3.EmptyQueryResponse{})
		}
	}
}

// Promise: no environment and no second attempt has a part in how it logs in.
func TestPostgres(t *testing.T) {
	t.Setenv("PGSSLMODE", "require")
	t.Setenv("PGUSER", "somebody")
	at := peer(t, postgres("drill"))
	assert.NoError(t, trips(t, at, greet.Postgres("postgres://drill:hush@nowhere/orders"), 3))
	assert.ErrorContains(t, trips(t, at, greet.Postgres("postgres://other:hush@nowhere/orders"), 1), "no such role")
	assert.ErrorContains(t, trips(t, at, greet.Postgres("nonsense://"), 1), "parse")
}
