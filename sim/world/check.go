package world

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Named refuses services without a name of their own; taken are the names that the world
// itself uses. Worlds ask before they start.
func Named(services []Service, taken ...string) error {
	var wrong []error
	var seen []string
	for _, s := range services {
		switch name := s.Name(); {
		case name == "":
			wrong = append(wrong, errors.New("a service has no Name, by which others reach it"))
		case slices.Contains(taken, name):
			wrong = append(wrong, fmt.Errorf("service %s: a part of Drillbook's own is called so: give it another Name", name))
		case slices.Contains(seen, name):
			wrong = append(wrong, fmt.Errorf("there are two services %s: give each a Name of its own", name))
		}
		seen = append(seen, s.Name())
	}
	return errors.Join(wrong...)
}

// Served refuses an address that is not a port of one of the world's services. Worlds ask
// before they start.
func Served(w World, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return fmt.Errorf("%q: it needs a port, as in %s:5432", address, cmp.Or(strings.TrimSuffix(address, ":"), "db"))
	}
	if _, err := Find(w, host); err != nil {
		return fmt.Errorf("%q: %w", address, err)
	}
	return nil
}
