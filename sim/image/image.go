package image

import (
	"context"
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
	progress, err := engine.ImageImport(ctx, client.ImageImportSource{Source: tar, SourceName: "-"}, ref, client.ImageImportOptions{Changes: changes})
	if err != nil {
		return fmt.Errorf("import of %s: %w", ref, err)
	}
	_, err = io.Copy(io.Discard, progress)
	return errors.Join(err, progress.Close())
}
