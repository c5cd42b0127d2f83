package service

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Credential is a bearer token for the warehouses. The service knows it by its
// name, and reads its file again when what it knows is older than
// [Config].ControlsPoll.
type Credential struct{ Name, File string }

// credentials is the flag for a list of name=file.
type credentials struct{ list *[]Credential }

func (c *credentials) String() string {
	if c.list == nil {
		return ""
	}
	var parts []string
	for _, one := range *c.list {
		parts = append(parts, one.Name+"="+one.File)
	}
	return strings.Join(parts, ",")
}

func (c *credentials) Set(list string) error {
	*c.list = nil
	for one := range strings.SplitSeq(list, ",") {
		name, file, _ := strings.Cut(one, "=")
		if name == "" || file == "" {
			return errors.New("each is name=file")
		}
		*c.list = append(*c.list, Credential{name, file})
	}
	return nil
}

func (c Config) credentialNames() []string {
	var names []string
	for _, one := range c.Credentials {
		names = append(names, one.Name)
	}
	return names
}

// sinkToken reads the credential in use. Its errors name the file, never what is
// in it.
func (m *Main) sinkToken() (string, error) {
	var inUse string
	if p := m.parts.Load(); p != nil {
		inUse = p.follower.State().Credential
	}
	all := m.Config.Credentials
	if len(all) == 0 {
		return "", nil
	}
	i := 0
	if inUse != "" {
		i = slices.IndexFunc(all, func(c Credential) bool { return c.Name == inUse })
	}
	if i < 0 {
		return "", fmt.Errorf("this replica was not given the credential %q", inUse)
	}
	return m.secrets.read(all[i].File, m.Config.ControlsPoll)
}

// sinkSecrets are what is in the credentials' files now, of those that can be read.
func (m *Main) sinkSecrets() []string {
	var all []string
	for _, one := range m.Config.Credentials {
		if text, err := m.secrets.read(one.File, m.Config.ControlsPoll); err == nil {
			all = append(all, text)
		}
	}
	return all
}

// secrets keeps what was read of the credentials' files for a while: most
// deliveries need not wait for the disk.
type secrets struct {
	mu   sync.Mutex
	seen map[string]secret // by file
}

type secret struct {
	text string
	at   time.Time
}

// read returns what is in a file, as it was at most so long ago.
func (s *secrets) read(file string, atMost time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.seen[file]; ok && time.Since(known.at) < atMost {
		return known.text, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if s.seen == nil {
		s.seen = map[string]secret{}
	}
	s.seen[file] = secret{strings.TrimSpace(string(data)), time.Now()}
	return s.seen[file].text, nil
}

// credentialSeen logs what a warehouse says of the credential in use.
func (m *Main) credentialSeen(at fulfil.Warehouse, accepted bool) {
	if accepted {
		m.log.Info("sink.credential_accepted", "warehouse", at)
	} else {
		m.log.Error("sink.credential_refused", "warehouse", at)
	}
}
