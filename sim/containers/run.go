package containers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/gofrs/flock"
	"github.com/google/uuid"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go/network"
	"golang.org/x/sync/errgroup"
)

// Labels of all that a run starts.
const (
	runLabel     = "drillbook.run"
	serviceLabel = "drillbook.service"
	hostLabel    = "drillbook.host" // and user, and the folder of the run files that say whether it lives
)

// run is one world's claim on what carries its label: a file that stays locked
// while the process lives.
type run struct {
	id    string
	owner string // as it began: a folder that is cleared away and made again is another
	file  *flock.Flock
}

// runFiles is a folder of the user's own: on a machine that people share, nobody can
// write into that of another.
func runFiles() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("drillbook-runs-%d", os.Getuid()))
}

// folder is that of the run files: a folder in which nobody else can put a file, or take
// one away. It may have been there before, of whoever came first.
func folder() (*syscall.Stat_t, error) {
	info, err := os.Lstat(runFiles())
	if err != nil {
		return nil, err
	}
	is, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, fmt.Errorf("%s: %w", runFiles(), errors.ErrUnsupported)
	}
	if !info.IsDir() || int(is.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s is not a directory that only you may use, but %s of user %d: remove it, or set TMPDIR to a directory of your own",
			runFiles(), info.Mode(), is.Uid)
	}
	return is, nil
}

// idForm is that of a run's id. Labels of containers are anyone's to write, and what
// they say becomes a path.
var idForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}$`)

func begin() (*run, error) {
	if err := os.MkdirAll(runFiles(), 0o700); err != nil {
		return nil, fmt.Errorf("folder of run files: %w", err)
	}
	if _, err := folder(); err != nil {
		return nil, fmt.Errorf("folder of run files: %w", err)
	}
	r := &run{id: uuid.NewString()[:13], owner: "unknown"}
	if known, err := owner(); err == nil {
		r.owner = known
	}
	r.file = flock.New(filepath.Join(runFiles(), r.id))
	switch locked, err := r.file.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("run file: %w", err) // which names it
	case !locked:
		return nil, fmt.Errorf("run file %s: another process holds it", r.file.Path())
	}
	return r, nil
}

func (r *run) end() error { return errors.Join(r.file.Unlock(), os.Remove(r.file.Path())) }

func (r *run) labels() map[string]string {
	return map[string]string{runLabel: r.id, hostLabel: r.owner}
}

// owner is the user of this machine whose runs these are, and which folder their files
// are in. What others have started, or he himself with another TMPDIR or a /tmp of its own,
// is not his to sweep away: he cannot see whether it lives. The folder is known by what it
// is, since two of one path may be different, and one may have two paths.
func owner() (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", err
	}
	is, err := folder()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s/%d/%d:%d", host, os.Getuid(), is.Dev, is.Ino), nil
}

// lives reports whether the process of a run is still there. Of what is no id of a run
// nobody can tell that it is not.
func lives(id string) bool {
	if !idForm.MatchString(id) {
		return true
	}
	path := filepath.Join(runFiles(), id)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	file := flock.New(path)
	locked, err := file.TryLock()
	if err != nil || !locked {
		return true
	}
	_ = file.Unlock()
	_ = os.Remove(path)
	return false
}

// sweep removes what dead runs of this user and machine have left behind.
func sweep(ctx context.Context, engine *client.Client) error {
	owner, err := owner()
	if err != nil {
		return nil // nothing can be told to be ours
	}
	mine := client.Filters{}.Add("label", hostLabel+"="+owner)
	runs := map[string]bool{}
	list, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: mine})
	if err != nil {
		return err
	}
	for _, c := range list.Items {
		runs[c.Labels[runLabel]] = true
	}
	nets, err := engine.NetworkList(ctx, client.NetworkListOptions{Filters: mine})
	if err != nil {
		return err
	}
	for _, n := range nets.Items {
		runs[n.Labels[runLabel]] = true
	}
	var errs []error
	for id := range runs {
		if !lives(id) {
			errs = append(errs, remove(ctx, engine, carrying(id, owner)))
		}
	}
	return errors.Join(errs...)
}

// carrying finds what carries the labels of a run: not its id alone, which others may
// have given to what is theirs.
func carrying(id, owner string) client.Filters {
	return client.Filters{}.Add("label", runLabel+"="+id, hostLabel+"="+owner)
}

func (r *run) all() client.Filters { return carrying(r.id, r.owner) }

// remove takes away every container and network of a run. Another world may be doing
// so at the same time: what is gone, or going, is as good as removed.
func remove(ctx context.Context, engine *client.Client, all client.Filters) error {
	list, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: all})
	if err != nil {
		return err
	}
	var gone errgroup.Group
	for _, c := range list.Items {
		gone.Go(func() error { return removeContainer(ctx, engine, c.ID) })
	}
	if err := gone.Wait(); err != nil {
		return err
	}
	nets, err := engine.NetworkList(ctx, client.NetworkListOptions{Filters: all})
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range nets.Items {
		_, err := engine.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
		if !isGone(err) && !isGoing(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// removeContainer returns when it is gone, whoever removes it: a network goes only
// after its containers.
func removeContainer(ctx context.Context, engine *client.Client, id string) error {
	_, err := engine.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if isGoing(err) {
		wait := engine.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
		select {
		case <-wait.Result:
			return nil
		case err = <-wait.Error:
		}
	}
	if isGone(err) {
		return nil
	}
	return err
}

func isGone(err error) bool { return cerrdefs.IsNotFound(err) }

// isGoing reports that somebody else's removal is under way. A conflict may be of
// other kinds, and has no code of its own for this one.
func isGoing(err error) bool {
	return cerrdefs.IsConflict(err) && strings.Contains(err.Error(), "already in progress")
}

// leftovers names what is still there of a run.
func leftovers(ctx context.Context, engine *client.Client, all client.Filters) ([]string, error) {
	var left []string
	list, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: all})
	if err != nil {
		return nil, err
	}
	for _, c := range list.Items {
		left = append(left, "container "+strings.Join(c.Names, ","))
	}
	nets, err := engine.NetworkList(ctx, client.NetworkListOptions{Filters: all})
	for _, n := range nets.Items {
		left = append(left, "network "+n.Name)
	}
	return left, err
}

// connectNetworks makes the two networks.
func (w *World) connectNetworks(ctx context.Context) error {
	for _, side := range []Side{Front, Back} {
		if err := w.connectNetwork(ctx, side); err != nil {
			return fmt.Errorf("network %s: %w", side, err)
		}
	}
	return nil
}

func (w *World) connectNetwork(ctx context.Context, side Side) (err error) {
	ctx, pass, cancel := noReturn(ctx)
	defer cancel()
	if err := pass(); err != nil {
		return err
	}
	w.nets[side], err = network.New(ctx, network.WithLabels(w.run.labels()), network.WithDriver("bridge"))
	return err
}
