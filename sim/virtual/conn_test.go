package virtual

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/nettest"
)

// Promise: a connection of the world behaves as any other, on the real clock
// too.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		a, b := pipe("a:1", "b:2")
		return a, b, func() { _, _ = a.Close(), b.Close() }, nil
	})
}

func TestConnNamesItsEnds(t *testing.T) {
	a, b := pipe("a:1", "b:2")
	assert.Equal(t, "a:1", a.LocalAddr().String())
	assert.Equal(t, "b:2", a.RemoteAddr().String())
	assert.Equal(t, "b:2", b.LocalAddr().String())
	assert.Equal(t, "tcp", a.LocalAddr().Network())
}

func TestCloseLetsThePeerReadToTheEnd(t *testing.T) {
	a, b := pipe("a:1", "b:2")
	_, err := io.WriteString(a, "last words")
	require.NoError(t, err)
	require.NoError(t, a.Close())

	read, err := io.ReadAll(b)
	require.NoError(t, err)
	assert.Equal(t, "last words", string(read))
}

// Which side closed is what callers tell a shutdown of their own from a peer
// that left by.
func TestErrorsTellWhoClosed(t *testing.T) {
	a, b := pipe("a:1", "b:2")
	require.NoError(t, a.Close())

	_, err := a.Read(make([]byte, 1))
	assert.ErrorIs(t, err, net.ErrClosed, "its own read")
	_, err = a.Write([]byte("x"))
	assert.ErrorIs(t, err, net.ErrClosed, "its own write")
	_, err = b.Write([]byte("x"))
	assert.ErrorIs(t, err, syscall.EPIPE, "the peer's write")
	assert.NotErrorIs(t, err, net.ErrClosed, "the peer's write")
}

func TestCloseWriteEndsOneDirection(t *testing.T) {
	a, b := pipe("a:1", "b:2")
	require.NoError(t, a.CloseWrite())

	_, err := b.Read(make([]byte, 1))
	assert.Equal(t, io.EOF, err)
	_, err = a.Write([]byte("x"))
	assert.ErrorIs(t, err, syscall.EPIPE)
	_, err = io.WriteString(b, "answer")
	require.NoError(t, err)
	require.NoError(t, b.Close())
	read, err := io.ReadAll(a)
	require.NoError(t, err)
	assert.Equal(t, "answer", string(read))
}

func TestSeverLosesWhatWasUnderWay(t *testing.T) {
	a, b := pipe("a:1", "b:2")
	_, err := io.WriteString(a, "lost")
	require.NoError(t, err)
	a.sever()

	for _, c := range []*conn{a, b} {
		_, err := c.Read(make([]byte, 8))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
		_, err = c.Write([]byte("x"))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
	}
}

func TestAFullBufferHoldsTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pipe("a:1", "b:2")
		require.NoError(t, a.SetWriteDeadline(time.Now().Add(time.Second)))
		n, err := a.Write(make([]byte, bufferLimit+1))
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, bufferLimit, n)

		require.NoError(t, a.SetWriteDeadline(time.Time{}))
		done := make(chan error, 1)
		go func() {
			_, err := a.Write([]byte("x"))
			done <- err
		}()
		synctest.Wait()
		assert.Empty(t, done, "nobody has read yet")
		_, err = b.Read(make([]byte, 1))
		require.NoError(t, err)
		assert.NoError(t, <-done)
	})
}
