// Package image makes the images that a world of containers runs.
//
// A Go program needs no Dockerfile: [Go] builds a main package, static, and puts
// it on an empty image. Its reference carries the checksum of the program, so
// that an image which exists is up to date. What is not written in Go is pulled
// where a registry answers ([Pull]), or built from what the machine has where none does,
// under a name of its own; see [Ensure].
package image
