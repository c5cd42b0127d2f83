package image

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// Here is in the place of a registry in the names of images that are built here. There never is
// one of that name (RFC 2606), so that none is asked for them; and testcontainers, which puts
// a company's mirror before the names of the Hub's images, leaves them as they are.
const Here = "drillbook.invalid/"

// pullWithin bounds the wait for a registry that may not be there.
const pullWithin = 5 * time.Minute

// Pull makes sure that the engine has an image: it is pulled where it is not there yet.
func Pull(ctx context.Context, ref string) error {
	engine, err := Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	if there, err := exists(ctx, engine, ref); err != nil || there {
		return err
	}
	if err := pull(ctx, engine, ref); err != nil {
		return fmt.Errorf("image %s is not there, and cannot be pulled: %w", ref, err)
	}
	return nil
}

// Ensure returns an image that the engine has then: ref, where it has that already or a
// registry gives it out, or else own, which build makes where it is not there yet. own is
// a name of the caller's, such as [Here] + "postgres:15": others ask the same engine for ref,
// and are to have what its maintainers call so.
func Ensure(ctx context.Context, ref, own string, build func(ctx context.Context, own string) error) (string, error) {
	engine, err := Connect(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = engine.Close() }()
	return ensure(ctx, engine, ref, own, build)
}

func ensure(ctx context.Context, engine *client.Client, ref, own string, build func(context.Context, string) error) (string, error) {
	for _, one := range []string{ref, own} {
		if there, err := exists(ctx, engine, one); err != nil || there {
			return one, err
		}
	}
	pullErr := pull(ctx, engine, ref)
	if pullErr == nil {
		return ref, nil
	}
	if err := build(ctx, own); err != nil {
		return "", fmt.Errorf("image %s can neither be pulled (%w) nor built: %w", ref, pullErr, err)
	}
	return own, nil
}

func exists(ctx context.Context, engine *client.Client, ref string) (bool, error) {
	_, err := engine.ImageInspect(ctx, ref)
	if cerrdefs.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func pull(ctx context.Context, engine *client.Client, ref string) error {
	ctx, cancel := context.WithTimeout(ctx, pullWithin)
	defer cancel()
	progress, err := engine.ImagePull(ctx, ref, client.ImagePullOptions{})
	if err != nil {
		return err
	}
	return errors.Join(progress.Wait(ctx), progress.Close())
}

// Import makes an image from the tar of a file system. Changes are lines of a
// Dockerfile, such as USER and CMD.
func Import(ctx context.Context, ref string, tar io.Reader, changes ...string) error {
	engine, err := Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	return importTar(ctx, engine, ref, tar, changes)
}

func importTar(ctx context.Context, engine *client.Client, ref string, tar io.Reader, changes []string) error {
	progress, err := engine.ImageImport(ctx, client.ImageImportSource{Source: tar, SourceName: "-"}, ref, client.ImageImportOptions{Changes: changes})
	if err == nil {
		err = errors.Join(finished(progress), progress.Close())
	}
	if err != nil {
		return fmt.Errorf("import of %s: %w", ref, err)
	}
	return nil
}

// finished reads to its end what an engine tells of its progress, and returns why it has
// failed, if so: its answer was 200 before it had begun.
func finished(progress io.Reader) error {
	for decoder := json.NewDecoder(progress); ; {
		var told struct {
			ErrorDetail struct{ Message string }
			Error       string // the same, of some engines the only one
		}
		switch err := decoder.Decode(&told); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("whether it was done the engine does not say: %w", err)
		}
		if why := cmp.Or(told.ErrorDetail.Message, told.Error); why != "" {
			return errors.New(why)
		}
	}
}
