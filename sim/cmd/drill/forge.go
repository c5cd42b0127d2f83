package main

import (
	"context"
	"net/url"
	"os/exec"
	"path"
	"regexp"
	"strings"
)

// forge is the address at which a folder of a repository can be read, by the remote that
// git calls origin; empty when there is none on a forge.
func forge(ctx context.Context, folder string) string {
	site := browsed(git(ctx, folder, "remote", "get-url", "origin"))
	if site == "" {
		return ""
	}
	_, branch, _ := strings.Cut(git(ctx, folder, "rev-parse", "--abbrev-ref", "origin/HEAD"), "/")
	if branch == "" {
		branch = "main"
	}
	return site + path.Join("/blob", branch, git(ctx, folder, "rev-parse", "--show-prefix"))
}

// git is what it says, or nothing.
func git(ctx context.Context, folder string, args ...string) string {
	command := exec.CommandContext(ctx, "git", args...)
	command.Dir = folder
	out, err := command.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// short is a remote as ssh has it: git@forge.example:you/service.git.
var short = regexp.MustCompile(`^(?:[^@/]+@)?([^:/]+):([^/].*)$`)

// browsed is the address of a remote for people; empty for one that is no forge's, such as
// a folder. It has nothing of who the remote is asked as.
func browsed(remote string) string {
	remote = strings.TrimSuffix(remote, ".git")
	if m := short.FindStringSubmatch(remote); m != nil {
		return "https://" + m[1] + "/" + m[2]
	}
	u, err := url.Parse(remote)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" {
		return ""
	}
	return "https://" + u.Hostname() + strings.TrimSuffix(u.Path, "/")
}
