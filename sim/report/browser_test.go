package report_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	shotsFlag   = flag.String("report.screenshots", os.Getenv("DRILL_SCREENSHOTS"), "`folder` for screenshots of the report; default $DRILL_SCREENSHOTS, or .drill/screenshots beside go.mod")
	resultsFlag = flag.String("report.results", os.Getenv("DRILL_RESULTS"), "`folder` of results to take screenshots of; default $DRILL_RESULTS, or made-up ones")
)

// browsers are the names under which Chromium is installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// browser finds one, or skips the test; where one is required it fails.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	why := "no browser is installed, so nobody has looked at the report; `apt-get install chromium` brings one"
	if os.Getenv("DRILL_REQUIRE") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// tab is one of a headless browser, which is told what is seen in it.
type tab struct {
	context.Context

	mu       sync.Mutex
	requests []string
	problems []string
}

// TestInBrowser runs everything that needs a browser, each in a tab of its own.
func TestInBrowser(t *testing.T) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("no-proxy-server", true))
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.Context()), 8*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank"))) // starts it
	for name, look := range map[string]func(*testing.T, *tab){
		"the page needs no network": needsNoNetwork, "the tab hears requests and errors": hearsRequestsAndErrors,
		"text without scripts": textWithoutScripts, "timeline by keyboard": timelineByKeyboard, "screenshots": screenshots,
		"labels at the ends of the axis": labelsAtTheEnds, "counts side by side": countsSideBySide,
	} {
		t.Run(name, func(t *testing.T) {
			one := &tab{}
			var stop context.CancelFunc
			one.Context, stop = chromedp.NewContext(ctx, chromedp.WithListener(one.hear))
			defer stop()
			look(t, one)
		})
	}
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		b.problems = append(b.problems, string(e.Entry.Level)+": "+e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, "console: "+string(e.Type))
	}
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(b, actions...))
}

// ask runs an action that answers.
func ask[T any](t *testing.T, b *tab, action chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(b, action)
	require.NoError(t, err)
	return answer
}

// call sends a command of the browser's protocol.
func call[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// page writes the report of a run to a file and returns its address.
func page(t *testing.T, run report.Run) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, run.HTML(file))
	require.NoError(t, file.Close())
	return "file://" + path
}

// shown is the run that the browser looks at.
func shown(t *testing.T) report.Run {
	t.Helper()
	if *resultsFlag == "" {
		return threeOutcomes(t)
	}
	paths, err := report.Latest(*resultsFlag)
	require.NoError(t, err)
	run, err := report.Open(paths)
	require.NoError(t, err)
	return run
}

// Promise: the page opens from a disk and needs nothing else; nothing is fetched,
// and nothing complains.
func needsNoNetwork(t *testing.T, b *tab) {
	address := page(t, shown(t))
	b.do(t, chromedp.Navigate(address))
	assert.Contains(t, ask(t, b, chromedp.Title()), "drill report")
	assert.Equal(t, []string{address}, b.requests)
	assert.Empty(t, b.problems)
}

// The listener does hear what a page must not do.
func hearsRequestsAndErrors(t *testing.T, b *tab) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<img src="/missing.png"><script>console.log(1); nothing()</script>`)
	}))
	defer server.Close()
	b.do(t, chromedp.Navigate(server.URL))
	assert.Eventually(t, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.requests) > 1 && len(b.problems) > 1
	}, 20*time.Second, 10*time.Millisecond)
}

// Promise: without scripts every word is there.
func textWithoutScripts(t *testing.T, b *tab) {
	address := page(t, threeOutcomes(t))
	b.do(t, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(address))
	text := ask(t, b, chromedp.Text("main"))
	for _, want := range []string{"Failure modes", "passed", "could not be verified"} {
		assert.Contains(t, text, want)
	}
	b.do(t, chromedp.Navigate(address+"#sink-timeout-containers")) // as its link would
	text = ask(t, b, chromedp.Text("main"))
	for _, want := range []string{"What went wrong", "expected", "Timeline", "Ledger", "Run it again"} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "Failure modes", "one drill at a time")
}

// Promise: by keyboard alone the values of the curves can be read.
func timelineByKeyboard(t *testing.T, b *tab) {
	run := report.Run{Drills: threeOutcomes(t).Drills[:1]}
	b.do(t, chromedp.Navigate(page(t, run)), chromedp.Focus(".chart"), chromedp.KeyEvent(kb.ArrowRight))
	read := ask(t, b, chromedp.TextContent(".readout"))
	assert.Contains(t, read, "after the fault")
	assert.Contains(t, read, "Requests: accepted")
	assert.Empty(t, b.problems)
}

// overlaps counts the children of an element that run into the one before.
func overlaps(of string) chromedp.Action[int64] {
	return chromedp.Evaluate[int64](fmt.Sprintf(`(() => {
	const boxes = [...document.querySelector(%q).children].map(e => e.getBoundingClientRect()).filter(b => b.width > 0);
	return boxes.filter((b, i) => i > 0 && b.top < boxes[i - 1].bottom && b.left < boxes[i - 1].right + 2).length;
})()`, of))
}

// Promise: how many drills passed, failed or could not be verified can be read, also where
// there are none of a kind.
func countsSideBySide(t *testing.T, b *tab) {
	all := threeOutcomes(t).Drills
	for _, some := range [][]*report.Drill{all, all[:2], all[1:]} {
		b.do(t, chromedp.Navigate(page(t, report.Run{Drills: some})))
		assert.Zero(t, ask(t, b, overlaps(".counts")))
	}
}

// Promise: a phone need not be moved sideways, wherever the last mark of the time axis
// lies, and each label that it has room for can be read.
func labelsAtTheEnds(t *testing.T, b *tab) {
	b.do(t, call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 900, DeviceScaleFactor: 1, Mobile: true}))
	for _, lasted := range []time.Duration{210 * time.Second, 214 * time.Second, 327 * time.Second, 10*time.Minute + 31*time.Second, 119 * time.Minute} {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		w, err := journal.Create(t.TempDir(), journal.Header{Drill: "made-up", World: "virtual", Speed: 1, Started: now})
		require.NoError(t, err)
		require.NoError(t, w.Write("act", now, map[string]string{"act": "steady"}))
		require.NoError(t, w.Write("act", now.Add(lasted), map[string]string{"act": "settle"}))
		require.NoError(t, w.Close())
		run, err := report.Open([]string{w.Path()})
		require.NoError(t, err)
		b.do(t, chromedp.Navigate(page(t, run)))
		assert.LessOrEqual(t, ask(t, b, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")), int64(390), lasted)
		assert.Zero(t, ask(t, b, overlaps(".axis .track")), lasted)
	}
}

// Screenshots are for people to look at; the test only sees to it that no page is
// wider than its window, and keeps the pictures.
func screenshots(t *testing.T, b *tab) {
	run := shown(t)
	address := page(t, run)
	for _, width := range []int64{390, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			b.do(t, call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600}),
				call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
			for _, fragment := range append([]string{"run"}, run.Anchors()...) {
				b.do(t, chromedp.Navigate("about:blank"), chromedp.Navigate(address+"#"+fragment))
				wide := ask(t, b, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
				assert.LessOrEqual(t, wide, width, "%s at %d", fragment, width)
				keep(t, fmt.Sprintf("%s-%d-%s.png", fragment, width, scheme), ask(t, b, chromedp.FullScreenshot(100)))
			}
		}
	}
	assert.Empty(t, b.problems)
}

func keep(t *testing.T, name string, png []byte) {
	t.Helper()
	dir := *shotsFlag
	if dir == "" {
		out, err := exec.Command("go", "env", "GOMOD").Output()
		require.NoError(t, err)
		dir = filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), ".drill", "screenshots")
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), png, 0o644))
}
