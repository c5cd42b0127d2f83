package service

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
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
	MigrationsURL string // the same database, with the role that owns the schema; when empty, the schema must be there
	QueueURL      string
	NoticesURL    string // where notices are heard; default the queue's
	PrimaryURL    string
	StandbyURL    string
	Tokens        []operator.Token
	Credentials   []Credential   // shown to the warehouses: the first, until an operator rotates them; none when empty
	Stock         map[string]int // given to a store that has none
	InMemory      bool           // streams are kept in the broker's memory
	Embedded      bool

	StoreTimeout   time.Duration
	SinkTimeout    time.Duration
	SinkRetryDelay time.Duration
	BreakerDelay   time.Duration
	SinkSlots      int
	Workers        int
	Lease          time.Duration
	Backoff        time.Duration
	MaxAttempts    int
	WorkersMax     int
	LaneSlots      int
	ConflictDelay  time.Duration
	ControlsPoll   time.Duration
	BacklogPoll    time.Duration
	Promise        time.Duration
	PluginsURL     string // depot of carrier plugins; none when empty
	PluginsPoll    time.Duration
	RequestTimeout time.Duration
	DrainTimeout   time.Duration

	TariffGrace    time.Duration
	TariffRefresh  time.Duration
	NoticesPing    time.Duration
	IntakeCapacity float64 // orders placed per second
	IntakeSlots    int     // orders placed at a time
	IntakeQueue    int     // orders that may wait for that
	RepeatWindow   time.Duration
}

// WithDefaults returns the configuration with nothing left open.
func (c Config) WithDefaults() Config {
	c.Replica = cmp.Or(c.Replica, "fulfil")
	c.Listen = cmp.Or(c.Listen, "127.0.0.1:8080")
	c.OpsListen = cmp.Or(c.OpsListen, "127.0.0.1:8081")
	c.StoreTimeout = cmp.Or(c.StoreTimeout, 2*time.Second)
	c.SinkTimeout = cmp.Or(c.SinkTimeout, 2*time.Second)
	c.SinkRetryDelay = cmp.Or(c.SinkRetryDelay, 200*time.Millisecond)
	c.BreakerDelay = cmp.Or(c.BreakerDelay, 10*time.Second)
	c.SinkSlots = cmp.Or(c.SinkSlots, 8)
	c.Workers = cmp.Or(c.Workers, 8)
	c.Lease = cmp.Or(c.Lease, 30*time.Second)
	c.Backoff = cmp.Or(c.Backoff, 2*time.Second)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 5)
	c.WorkersMax = max(c.Workers, cmp.Or(c.WorkersMax, 16))
	c.LaneSlots = cmp.Or(c.LaneSlots, 16)
	c.ConflictDelay = cmp.Or(c.ConflictDelay, 5*time.Millisecond)
	c.ControlsPoll = cmp.Or(c.ControlsPoll, time.Second)
	c.BacklogPoll = cmp.Or(c.BacklogPoll, 5*time.Second)
	c.Promise = cmp.Or(c.Promise, 10*time.Second)
	c.PluginsPoll = cmp.Or(c.PluginsPoll, 4*time.Second)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, 5*time.Second)
	c.DrainTimeout = cmp.Or(c.DrainTimeout, 15*time.Second)
	c.TariffGrace = cmp.Or(c.TariffGrace, 15*time.Second)
	c.TariffRefresh = cmp.Or(c.TariffRefresh, 10*time.Minute)
	c.NoticesPing = cmp.Or(c.NoticesPing, 2*time.Minute)
	c.IntakeCapacity = cmp.Or(c.IntakeCapacity, 200)
	c.IntakeSlots = cmp.Or(c.IntakeSlots, 100)
	c.IntakeQueue = cmp.Or(c.IntakeQueue, 100)
	c.RepeatWindow = cmp.Or(c.RepeatWindow, 30*time.Second)
	return c
}

// Divided returns the configuration with every duration divided by speed, and
// every rate multiplied, for a service that is to live faster than the clock.
func (c Config) Divided(speed float64) Config {
	c = c.WithDefaults()
	fields := reflect.ValueOf(&c).Elem()
	for i := range fields.NumField() {
		if d, ok := fields.Field(i).Addr().Interface().(*time.Duration); ok {
			*d = time.Duration(float64(*d) / speed)
		}
	}
	c.IntakeCapacity *= speed
	return c
}

// bind makes a flag of every setting. What is wrong with the list of tokens goes
// to badTokens.
func (c *Config) bind(flags *flag.FlagSet, badTokens *error) {
	d := Config{}.WithDefaults()
	text := func(to *string, name, byDefault, help string) {
		flags.StringVar(to, name, *to, withDefault(help, byDefault))
	}
	duration := func(to *time.Duration, name string, byDefault time.Duration, help string) {
		flags.DurationVar(to, name, *to, withDefault(help, byDefault))
	}
	count := func(to *int, name string, byDefault int, help string) {
		flags.IntVar(to, name, *to, withDefault(help, byDefault))
	}
	text(&c.Replica, "replica", d.Replica, "name of this replica")
	text(&c.Listen, "listen", d.Listen, "address for customers")
	text(&c.OpsListen, "ops-listen", d.OpsListen, "address for metrics, health and operators")
	text(&c.RepositoryURL, "repository-url", "", "where the orders are kept: postgres://… or nats://…")
	text(&c.MigrationsURL, "migrations-url", "", "of the database, with the role that owns the schema; empty leaves the schema as it is")
	text(&c.QueueURL, "queue-url", "", "NATS server that keeps the work")
	text(&c.NoticesURL, "notices-url", "", "NATS server from which notices come; empty is the queue's")
	text(&c.PrimaryURL, "primary-url", "", "the warehouse")
	text(&c.StandbyURL, "standby-url", "", "the standby warehouse")
	flags.Var(&tokens{&c.Tokens, badTokens}, "operator-tokens", "who may operate: token:actor:role,…; roles are viewer, operator and merchandiser")
	flags.Var(&tokenFile{&c.Tokens}, "operator-tokens-file", "file with such tokens, one a line, which keeps them out of lists of processes")
	flags.Var(&credentials{&c.Credentials}, "sink-credentials", "what is shown to the warehouses: name=file,…; the first is in use until an operator rotates them")
	flags.Var(&stock{&c.Stock}, "stock", "stock of a new store: sku=pieces,…")
	flags.BoolVar(&c.InMemory, "in-memory", c.InMemory, "keep NATS streams in the broker's memory")
	flags.BoolVar(&c.Embedded, "embedded", c.Embedded, "bring a NATS server and a warehouse along, in memory: for a first try")
	duration(&c.StoreTimeout, "store-timeout", d.StoreTimeout, "of one operation of the repository or the queue")
	duration(&c.SinkTimeout, "sink-timeout", d.SinkTimeout, "of one delivery attempt")
	duration(&c.SinkRetryDelay, "sink-retry-delay", d.SinkRetryDelay, "before an attempt that was certainly not received is made again")
	duration(&c.BreakerDelay, "breaker-delay", d.BreakerDelay, "before an open circuit lets a trial through")
	count(&c.SinkSlots, "sink-slots", d.SinkSlots, "requests to one warehouse at a time")
	count(&c.Workers, "workers", d.Workers, "messages in hand at a time")
	duration(&c.Lease, "lease", d.Lease, "how long a worker may hold a message")
	duration(&c.Backoff, "backoff", d.Backoff, "before a message comes again, doubling")
	count(&c.MaxAttempts, "max-attempts", d.MaxAttempts, "of a message, before it becomes a dead letter")
	count(&c.WorkersMax, "workers-max", d.WorkersMax, "workers that an operator may ask for")
	count(&c.LaneSlots, "lane-slots", d.LaneSlots, "messages of the single-writer lane in hand at a time, beside the workers'")
	duration(&c.ConflictDelay, "conflict-delay", d.ConflictDelay, "before a change that met a version conflict is made again, doubling")
	duration(&c.ControlsPoll, "controls-poll", d.ControlsPoll, "between looks at the controls")
	duration(&c.BacklogPoll, "backlog-poll", d.BacklogPoll, "between looks at the dependencies")
	duration(&c.Promise, "promise", d.Promise, "to customers, from accepted to delivered")
	text(&c.PluginsURL, "plugins-url", "", "depot of carrier plugins; without it there are none")
	duration(&c.PluginsPoll, "plugins-poll", d.PluginsPoll, "between looks at the depot")
	duration(&c.RequestTimeout, "request-timeout", d.RequestTimeout, "within which a request has to come whole, and dependencies to answer at the start")
	duration(&c.DrainTimeout, "drain-timeout", d.DrainTimeout, "for what is in hand when asked to stop")
	duration(&c.TariffGrace, "tariff-grace", d.TariffGrace, "an old price is honoured after a change; longer than --backlog-poll")
	duration(&c.TariffRefresh, "tariff-refresh", d.TariffRefresh, "between reads of the tariff when no notice comes")
	duration(&c.NoticesPing, "notices-ping", d.NoticesPing, "between pings on the connection of the notices; three without an answer end it")
	flags.Float64Var(&c.IntakeCapacity, "intake-capacity", c.IntakeCapacity, withDefault("orders placed per second, as a load test has shown", d.IntakeCapacity))
	count(&c.IntakeSlots, "intake-slots", d.IntakeSlots, "orders placed at a time")
	count(&c.IntakeQueue, "intake-queue", d.IntakeQueue, "orders that may wait to be placed; more are refused")
	duration(&c.RepeatWindow, "repeat-window", d.RepeatWindow, "for which an order's key is known again as a repeat")
}

func withDefault(help string, byDefault any) string {
	if byDefault == "" {
		return help
	}
	return fmt.Sprintf("%s (default %v)", help, byDefault)
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "FULFIL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Parse reads flags, then the environment for those not given: --sink-timeout
// is FULFIL_SINK_TIMEOUT there. It returns [flag.ErrHelp] when help was asked
// for. Its errors never show a token.
func Parse(args []string, getenv func(string) string, output io.Writer) (Config, error) {
	var c Config
	flags := flag.NewFlagSet("fulfil", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // its messages repeat what was given
	var badTokens error
	c.bind(flags, &badTokens)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(output)
		flags.Usage()
		return c, err
	}
	if err != nil {
		return c, fmt.Errorf("%w (see --help)", err)
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *flag.Flag) {
		if value := getenv(variable(f.Name)); value != "" && !given[f.Name] {
			if err := flags.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", variable(f.Name), err))
			}
		}
	})
	return c, errors.Join(append(errs, badTokens, c.complete())...)
}

// Environ is the environment from which [Parse] reads this configuration.
func (c Config) Environ() map[string]string {
	flags := flag.NewFlagSet("fulfil", flag.ContinueOnError)
	c.bind(flags, new(error))
	environ := map[string]string{}
	flags.VisitAll(func(f *flag.Flag) {
		if value := f.Value.String(); value != "" {
			environ[variable(f.Name)] = value
		}
	})
	return environ
}

// tokens is the flag for a list of token:actor:role. What is wrong with it is not
// returned by Set: package flag would repeat the value, secrets and all.
type tokens struct {
	list *[]operator.Token
	bad  *error
}

func (t *tokens) String() string {
	if t.list == nil {
		return ""
	}
	var parts []string
	for _, one := range *t.list {
		parts = append(parts, fmt.Sprintf("%s:%s:%s", one.Secret, one.Actor, one.Role))
	}
	return strings.Join(parts, ",")
}

func (t *tokens) Set(list string) error {
	all, err := parseTokens(list)
	if err != nil {
		*t.bad = fmt.Errorf("--operator-tokens: %w", err)
	}
	*t.list = append(*t.list, all...)
	return nil
}

// parseTokens never shows a token in its error.
func parseTokens(list string) (all []operator.Token, err error) {
	for one := range strings.SplitSeq(list, ",") {
		parts := strings.Split(strings.TrimSpace(one), ":")
		if len(parts) != 3 || parts[0] == "" || parts[1] == "" || !slices.Contains(operator.Roles(), operator.Role(parts[2])) {
			return nil, fmt.Errorf("each is token:actor:role, with one of the roles %v", operator.Roles())
		}
		all = append(all, operator.Token{Secret: parts[0], Actor: parts[1], Role: operator.Role(parts[2])})
	}
	return all, nil
}

// tokenFile is the flag for a file of them.
type tokenFile struct{ list *[]operator.Token }

func (t *tokenFile) String() string { return "" }

func (t *tokenFile) Set(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		all, err := parseTokens(line)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		*t.list = append(*t.list, all...)
	}
	return nil
}

// stock is the flag for a list of sku=pieces.
type stock struct{ pieces *map[string]int }

func (s *stock) String() string {
	if s.pieces == nil {
		return ""
	}
	var parts []string
	for _, sku := range slices.Sorted(maps.Keys(*s.pieces)) {
		parts = append(parts, fmt.Sprintf("%s=%d", sku, (*s.pieces)[sku]))
	}
	return strings.Join(parts, ",")
}

func (s *stock) Set(list string) error {
	*s.pieces = map[string]int{}
	for one := range strings.SplitSeq(list, ",") {
		sku, pieces, _ := strings.Cut(one, "=")
		n, err := strconv.Atoi(pieces)
		if err != nil || n < 1 || sku == "" {
			return fmt.Errorf("%q is not sku=pieces", one)
		}
		(*s.pieces)[sku] = n
	}
	return nil
}

func (c *Config) complete() error {
	if c.Embedded {
		return nil
	}
	var errs []error
	for _, one := range []struct{ name, value string }{
		{"repository-url", c.RepositoryURL}, {"queue-url", c.QueueURL}, {"primary-url", c.PrimaryURL}, {"standby-url", c.StandbyURL},
	} {
		if one.value == "" {
			errs = append(errs, fmt.Errorf("--%s is missing; --embedded brings everything along for a first try", one.name))
		}
	}
	for _, t := range c.Tokens {
		if len(t.Secret) < operator.ShortestSecret {
			errs = append(errs, fmt.Errorf("the token of %s, %s, is too short: one has %d characters and more; head -c 24 /dev/urandom | base64 makes one",
				t.Actor, t.Role, operator.ShortestSecret))
		}
	}
	return errors.Join(errs...)
}
