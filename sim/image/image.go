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

// pullWithin bounds the wait for a registry that may not be there.
const pullWithin = 5 * time.Minute

// Ensure makes sure that the engine has an image: one it has already, one that a
// registry gives out under that name, or else the one that build makes, which
// has to give it the same name. build may be nil.
func Ensure(ctx context.Context, ref string, build func(context.Context) error) error {
	engine, err := Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	there, err := exists(ctx, engine, ref)
	if err != nil || there {
		return err
	}
	pullErr := pull(ctx, engine, ref)
	if pullErr == nil {
		return nil
	}
	if build == nil {
		return fmt.Errorf("image %s is not there: %w", ref, pullErr)
	}
	if err := build(ctx); err != nil {
		return fmt.Errorf("image %s can neither be pulled (%w) nor built: %w", ref, pullErr, err)
	}
	return nil
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
