package virtual

import (
	"bytes"
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

// Promise: a copy takes all that was sent before the end, however the connection
// ends.
func TestCopyEndsWithTheConnection(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(from, to *conn)
		want error
	}{
		"the peer is through":      {func(from, _ *conn) { _ = from.Close() }, nil},
		"it breaks":                {func(from, _ *conn) { from.sever() }, syscall.ECONNRESET},
		"it is closed by the copy": {func(_, to *conn) { _ = to.Close() }, net.ErrClosed},
		"the time is up":           {func(_, to *conn) { _ = to.SetReadDeadline(time.Now()) }, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from, to := pipe("a:1", "b:2")
				var copied bytes.Buffer
				done := make(chan error, 1)
				go func() {
					_, err := io.Copy(&copied, to)
					done <- err
				}()
				for _, word := range []string{"one ", "two"} {
					_, err := io.WriteString(from, word)
					require.NoError(t, err)
					synctest.Wait()
				}
				test.end(from, to)
				assert.ErrorIs(t, <-done, test.want)
				assert.Equal(t, "one two", copied.String())
			})
		})
	}
}

type sizes []int

func (s *sizes) Write(p []byte) (int, error) {
	*s = append(*s, len(p))
	return len(p), nil
}

func TestCopyHandsOnWhatToxiproxyBears(t *testing.T) {
	from, to := pipe("a:1", "b:2")
	_, err := from.Write(make([]byte, 2*copyLimit+1))
	require.NoError(t, err)
	require.NoError(t, from.Close())
	var got sizes
	_, err = io.Copy(&got, to)
	require.NoError(t, err)
	assert.Equal(t, sizes{copyLimit, copyLimit, 1}, got)
}

func BenchmarkLink(b *testing.B) {
	near, far := pipe("a:1", "b:2")
	go func() { _, _ = io.Copy(far, far) }()
	message := make([]byte, 512)
	b.SetBytes(2 * int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = near.Write(message)
		_, _ = io.ReadFull(near, message)
	}
	_ = near.Close()
}
