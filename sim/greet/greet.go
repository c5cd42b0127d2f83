package greet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/jackc/pgx/v5/pgconn"
)

// load goes with a question: enough bytes for a link that has lost its bandwidth to be
// seen.
var load = strings.Repeat("x", 2048)

// Line asks by a line, such as "PING", and takes any line for the answer.
func Line(question string) world.Greeter {
	return dialogue(func(out io.Writer, in *bufio.Reader) error {
		if _, err := io.WriteString(out, question+"\r\n"); err != nil {
			return err
		}
		_, err := in.ReadString('\n')
		return err
	})
}

// HTTP gets a path, and takes any status for an answer: choose one that costs little,
// such as "/health". The peer has to leave the connection open.
func HTTP(path string) world.Greeter {
	return dialogue(func(out io.Writer, in *bufio.Reader) error {
		if _, err := io.WriteString(out, "GET "+path+" HTTP/1.1\r\nHost: probe\r\nUser-Agent: drillbook\r\n\r\n"); err != nil {
			return err
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if _, err = io.Copy(io.Discard, response.Body); err == nil && response.Close {
			return fmt.Errorf("GET %s: the peer closes the connection behind its answer, %s; a probe needs one that stays open", path, response.Status)
		}
		return err
	})
}

// Redis pings. A server that wants a password first has answered, too.
func Redis() world.Greeter {
	return dialogue(func(out io.Writer, in *bufio.Reader) error {
		if _, err := fmt.Fprintf(out, "*2\r\n$4\r\nPING\r\n$%d\r\n%s\r\n", len(load), load); err != nil {
			return err
		}
		line, err := in.ReadString('\n')
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(line, "-NOAUTH"):
			return nil
		case strings.HasPrefix(line, "-"):
			return fmt.Errorf("the server refuses the probe: %s", strings.TrimSpace(line))
		}
		_, err = io.CopyN(io.Discard, in, int64(len(load)+len("\r\n")))
		return err
	})
}

// Subject is what the probes of [NATS] publish on, which nobody listens to: where users
// have permissions, theirs needs that one.
const Subject = "drill.probe"

// NATS logs in, as nobody where user is empty; a round trip is a ping behind some load.
func NATS(user, password string) world.Greeter {
	return func(ctx context.Context, conn net.Conn) (world.RoundTrip, error) {
		in := bufio.NewReader(conn)
		if err := until(ctx, conn); err != nil {
			return nil, err
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(line, "INFO") {
			return nil, fmt.Errorf("no greeting of a NATS server: %q", line)
		}
		connect, err := json.Marshal(struct {
			Verbose  bool   `json:"verbose"`
			User     string `json:"user,omitempty"`
			Password string `json:"pass,omitempty"`
		}{User: user, Password: password})
		if err != nil {
			return nil, err
		}
		if _, err := fmt.Fprintf(conn, "CONNECT %s\r\n", connect); err != nil {
			return nil, err
		}
		return trips(conn, in, pingNATS), nil
	}
}

func pingNATS(out io.Writer, in *bufio.Reader) error {
	if _, err := fmt.Fprintf(out, "PUB %s %d\r\n%s\r\nPING\r\n", Subject, len(load), load); err != nil {
		return err
	}
	for {
		line, err := in.ReadString('\n')
		switch {
		case err != nil || strings.HasPrefix(line, "PONG"):
			return err
		case strings.HasPrefix(line, "PING"): // the server's own, of a connection that was idle
			if _, err := io.WriteString(out, "PONG\r\n"); err != nil {
				return err
			}
		case strings.HasPrefix(line, "-ERR"):
			return fmt.Errorf("the server refuses the probe: %s", strings.TrimSpace(line))
		}
	}
}

// Postgres logs in by a URL, of which user, password and database count; a round trip
// is an empty statement.
func Postgres(url string) world.Greeter {
	return func(ctx context.Context, conn net.Conn) (world.RoundTrip, error) {
		config, err := pgconn.ParseConfig(url)
		if err != nil {
			return nil, err
		}
		// There is the one connection: nothing is looked up, or tried another way.
		config.TLSConfig, config.Fallbacks = nil, nil
		config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"database"}, nil }
		config.DialFunc = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
		session, err := pgconn.ConnectConfig(ctx, config)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			_, err := session.Exec(ctx, "-- "+load).ReadAll()
			return err
		}, nil
	}
}

// dialogue greets a peer to which nothing is said first.
func dialogue(ask func(io.Writer, *bufio.Reader) error) world.Greeter {
	return func(_ context.Context, conn net.Conn) (world.RoundTrip, error) {
		return trips(conn, bufio.NewReader(conn), ask), nil
	}
}

// trips asks on a connection, each time by the deadline of ctx.
func trips(conn net.Conn, in *bufio.Reader, ask func(io.Writer, *bufio.Reader) error) world.RoundTrip {
	return func(ctx context.Context) error {
		if err := until(ctx, conn); err != nil {
			return err
		}
		return ask(conn, in)
	}
}

func until(ctx context.Context, conn net.Conn) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil
	}
	return conn.SetDeadline(deadline)
}
