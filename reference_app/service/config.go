package service

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/drillbook/drillbook/reference_app/operator"
)

// Config of a replica. A zero duration or count means the default.
type Config struct {
	Replica       string
	Listen        string // customers
	OpsListen     string // metrics, health, operators
	RepositoryURL string
	QueueURL      string
	PrimaryURL    string
	StandbyURL    string
	Tokens        []operator.Token
	Stock         map[string]int // given to a store that has none
	InMemory      bool           // streams are kept in the broker's memory
	Embedded      bool

	SinkTimeout    time.Duration
	SinkRetryDelay time.Duration
	BreakerDelay   time.Duration
	SinkSlots      int
	Workers        int
	Lease          time.Duration
	Backoff        time.Duration
	MaxAttempts    int
	ControlsPoll   time.Duration
	BacklogPoll    time.Duration
	Promise        time.Duration
	RequestTimeout time.Duration
	DrainTimeout   time.Duration
}

// WithDefaults returns the configuration with nothing left open.
func (c Config) WithDefaults() Config {
	c.Replica = or(c.Replica, "fulfil")
	c.Listen = or(c.Listen, "127.0.0.1:8080")
	c.OpsListen = or(c.OpsListen, "127.0.0.1:8081")
	c.SinkTimeout = or(c.SinkTimeout, 2*time.Second)
	c.SinkRetryDelay = or(c.SinkRetryDelay, 200*time.Millisecond)
	c.BreakerDelay = or(c.BreakerDelay, 10*time.Second)
	c.SinkSlots = or(c.SinkSlots, 8)
	c.Workers = or(c.Workers, 8)
	c.Lease = or(c.Lease, 30*time.Second)
	c.Backoff = or(c.Backoff, 2*time.Second)
	c.MaxAttempts = or(c.MaxAttempts, 5)
	c.ControlsPoll = or(c.ControlsPoll, time.Second)
	c.BacklogPoll = or(c.BacklogPoll, 5*time.Second)
	c.Promise = or(c.Promise, 10*time.Second)
	c.RequestTimeout = or(c.RequestTimeout, 5*time.Second)
	c.DrainTimeout = or(c.DrainTimeout, 15*time.Second)
	return c
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Divided returns the configuration with every duration divided by speed, for a
// service that is to live faster than the clock.
func (c Config) Divided(speed float64) Config {
	c = c.WithDefaults()
	for _, d := range []*time.Duration{&c.SinkTimeout, &c.SinkRetryDelay, &c.BreakerDelay, &c.Lease, &c.Backoff,
		&c.ControlsPoll, &c.BacklogPoll, &c.Promise, &c.RequestTimeout, &c.DrainTimeout} {
		*d = time.Duration(float64(*d) / speed)
	}
	return c
}

// Parse reads flags, then the environment for those not given: --sink-timeout
// is FULFIL_SINK_TIMEOUT there. It returns [flag.ErrHelp] when help was asked
// for.
func Parse(args []string, getenv func(string) string, output io.Writer) (Config, error) {
	var c Config
	var tokens, stock string
	flags := flag.NewFlagSet("fulfil", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&c.Replica, "replica", "", "name of this replica (default fulfil)")
	flags.StringVar(&c.Listen, "listen", "", "address for customers (default 127.0.0.1:8080)")
	flags.StringVar(&c.OpsListen, "ops-listen", "", "address for metrics, health and operators (default 127.0.0.1:8081)")
	flags.StringVar(&c.RepositoryURL, "repository-url", "", "NATS server that keeps the orders")
	flags.StringVar(&c.QueueURL, "queue-url", "", "NATS server that keeps the work")
	flags.StringVar(&c.PrimaryURL, "primary-url", "", "the warehouse")
	flags.StringVar(&c.StandbyURL, "standby-url", "", "the standby warehouse")
	flags.StringVar(&tokens, "operator-tokens", "", "who may operate: token:actor:role,…; roles are viewer and operator")
	flags.StringVar(&stock, "stock", "", "stock of a new store: sku=pieces,…")
	flags.BoolVar(&c.Embedded, "embedded", false, "bring a NATS server and a warehouse along, in memory: for a first try")
	flags.DurationVar(&c.SinkTimeout, "sink-timeout", 0, "of one delivery attempt (default 2s)")
	flags.DurationVar(&c.Promise, "promise", 0, "to customers, from accepted to delivered (default 10s)")
	flags.IntVar(&c.Workers, "workers", 0, "messages in hand at a time (default 8)")
	flags.DurationVar(&c.DrainTimeout, "drain-timeout", 0, "for what is in hand when asked to stop (default 15s)")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var err error
	flags.VisitAll(func(f *flag.Flag) {
		name := "FULFIL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := getenv(name); value != "" && !given[f.Name] {
			if e := flags.Set(f.Name, value); e != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", name, e))
			}
		}
	})
	err = errors.Join(err, c.parseTokens(tokens), c.parseStock(stock), c.complete())
	return c, err
}

func (c *Config) parseTokens(list string) error {
	for _, one := range split(list) {
		parts := strings.Split(one, ":")
		if len(parts) != 3 || parts[0] == "" || (parts[2] != string(operator.Viewer) && parts[2] != string(operator.Operator)) {
			return errors.New("--operator-tokens: each is token:actor:role, with the role viewer or operator")
		}
		c.Tokens = append(c.Tokens, operator.Token{Secret: parts[0], Actor: parts[1], Role: operator.Role(parts[2])})
	}
	return nil
}

func (c *Config) parseStock(list string) error {
	c.Stock = map[string]int{}
	for _, one := range split(list) {
		sku, pieces, ok := strings.Cut(one, "=")
		var n int
		if _, err := fmt.Sscanf(pieces, "%d", &n); !ok || err != nil || n < 1 {
			return fmt.Errorf("--stock: %q is not sku=pieces", one)
		}
		c.Stock[sku] = n
	}
	return nil
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (c *Config) complete() error {
	if c.Embedded {
		return nil
	}
	for name, value := range map[string]string{"repository-url": c.RepositoryURL, "queue-url": c.QueueURL, "primary-url": c.PrimaryURL, "standby-url": c.StandbyURL} {
		if value == "" {
			return fmt.Errorf("--%s is missing; --embedded brings everything along for a first try", name)
		}
	}
	return nil
}
