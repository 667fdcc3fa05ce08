package webtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// shared is the Chromium of all tests of a package that runs them through Main.
var shared struct {
	sync.Mutex
	on  bool            // Main runs
	ctx context.Context // the first window; nil until the first test opens one, and again when the process ended
	end func()
}

// Main runs the tests of a package with one Chromium for all of them and gives the code to exit with. Whoever opens many windows calls it:
//
//	func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }
func Main(m *testing.M) int {
	shared.on = true
	defer func() {
		if shared.end != nil {
			shared.end()
		}
	}()
	return m.Run()
}

// window gives the context of a new window that is closed with the test.
func window(t testing.TB, path string, more []chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if !shared.on || len(more) > 0 {
		ctx, end, err := start(path, more)
		if err != nil {
			t.Fatalf("start %s: %v", path, err)
		}
		t.Cleanup(end)
		return ctx
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx != nil && shared.ctx.Err() != nil { // it crashed: the test that saw it has failed; the others get a new one
		shared.end()
		shared.ctx = nil
	}
	if shared.ctx == nil {
		var err error
		if shared.ctx, shared.end, err = start(path, nil); err != nil {
			shared.ctx, shared.end = nil, nil
			t.Fatalf("start %s: %v", path, err)
		}
	}
	whole := shared.ctx
	ctx, cancel := chromedp.NewContext(whole, chromedp.WithNewBrowserContext())
	t.Cleanup(func() {
		if whole.Err() != nil {
			t.Error("Chromium ended before the test did")
		}
		cancel()
	})
	return ctx
}

// start starts a Chromium with an empty profile. end closes it and removes the profile.
func start(path string, more []chromedp.ExecAllocatorOption) (ctx context.Context, end func(), err error) {
	profile, err := os.MkdirTemp("", "citypost-chromium-")
	if err != nil {
		return nil, nil, fmt.Errorf("profile: %w", err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(filepath.Join(profile, "chromium")),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true), // a window is no less there because another was opened after it
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-extensions", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-back-forward-cache", true), chromedp.Flag("mute-audio", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(patience)}, more...)...)
	ctx, cancel := chromedp.NewContext(alloc)
	end = func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		stop()
		removeSoon(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, err
	}
	return ctx, end, nil
}

// removeSoon removes the profile; the browser's children may still write there for a moment.
func removeSoon(dir string) {
	for range 50 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
