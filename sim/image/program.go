package image

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/moby/moby/client"
)

// ErrBuild: a program does not compile, or is not to be found.
var ErrBuild = errors.New("go build")

// Go returns the reference of an image whose entry point is the program of a
// main package, such as "example.com/shop/cmd/shop", built for the engine's
// architecture. The image has nothing else in it but a folder /tmp. It is built
// when the engine does not have it.
func Go(ctx context.Context, pkg string) (ref string, err error) {
	engine, err := Connect(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = engine.Close() }()
	version, err := engine.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoEngine, err)
	}
	binary, err := program(ctx, pkg, version.Arch)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(binary)
	ref = fmt.Sprintf(Here+"%s:%x", programName(pkg), sum[:6])
	if there, err := exists(ctx, engine, ref); err != nil || there {
		return ref, err
	}
	return ref, load(ctx, engine, ref, version.Arch, binary)
}

// Built is the environment's name for a folder. Processes that are given it use one
// build of each program between them, of when it was first needed, and keep it there:
// though somebody edits the sources meanwhile, one run drills one program.
const Built = "DRILL_BUILT"

// program returns what this run has built before, or else builds it.
func program(ctx context.Context, pkg, arch string) ([]byte, error) {
	folder := os.Getenv(Built)
	if folder == "" {
		return build(ctx, pkg, arch)
	}
	once := filepath.Join(folder, arch+"-"+keptName(pkg), "program")
	if binary, err := os.ReadFile(once); !errors.Is(err, fs.ErrNotExist) {
		return binary, err
	}
	binary, err := build(ctx, pkg, arch)
	if err != nil {
		return nil, err
	}
	part, err := os.MkdirTemp(folder, "part-") // what others read is whole
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(part) }()
	if err := os.WriteFile(filepath.Join(part, "program"), binary, 0o600); err != nil {
		return nil, err
	}
	// A folder takes no other's place unless that is empty; nor does a second name for a
	// file, which not every disk has.
	if err := os.Rename(part, filepath.Dir(once)); !errors.Is(err, fs.ErrExist) {
		return binary, err
	}
	return os.ReadFile(once) // somebody was faster
}

// build returns the program. It is kept in a folder that stays, so that one which is up
// to date is not linked again. Any number of processes may build at once, from any
// sources: each in a folder of its own, from which a whole program takes the place of
// the one before.
func build(ctx context.Context, pkg, arch string) ([]byte, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	cache = filepath.Join(cache, "drillbook", arch)
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cache, "building-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	kept := filepath.Join(cache, keptName(pkg))
	out := filepath.Join(dir, programName(pkg))
	if before, err := os.ReadFile(kept); err == nil {
		if err := os.WriteFile(out, before, 0o755); err != nil {
			return nil, err
		}
	}
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", out, pkg)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%w %s: %w\n%s", ErrBuild, pkg, err, complaint.String())
	}
	binary, err := os.ReadFile(out) // what was built here, and not what another puts in its place
	if err != nil {
		return nil, err
	}
	return binary, os.Rename(out, kept)
}

// keptName is under which name a program is kept: others may have the same last part.
func keptName(pkg string) string {
	sum := sha256.Sum256([]byte(pkg))
	return fmt.Sprintf("%s-%x", programName(pkg), sum[:6])
}

// programName is what "go build" would call the program.
func programName(pkg string) string {
	last := path.Base(pkg)
	if strings.HasPrefix(last, "v") && strings.Trim(last[1:], "0123456789") == "" {
		last = path.Base(path.Dir(pkg))
	}
	return last
}

// load hands the engine an image with the one program in it.
func load(ctx context.Context, engine *client.Client, ref, arch string, binary []byte) error {
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return files(binary) })
	if err != nil {
		return err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config = v1.Config{Entrypoint: []string{"/program"}, WorkingDir: "/tmp"}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return err
	}
	tag, err := name.NewTag(ref)
	if err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(tarball.Write(tag, image, writer)) }()
	progress, err := engine.ImageLoad(ctx, reader)
	if err == nil {
		err = errors.Join(finished(progress), progress.Close())
	}
	if err != nil {
		return fmt.Errorf("load of %s: %w", ref, err)
	}
	return nil
}

// files is the tar of the image's file system.
func files(binary []byte) (io.ReadCloser, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	if err := w.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}); err != nil {
		return nil, err
	}
	if err := w.WriteHeader(&tar.Header{Name: "program", Mode: 0o755, Size: int64(len(binary))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	return io.NopCloser(&out), w.Close()
}
