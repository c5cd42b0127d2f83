package apptest_test

import (
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
)

func TestRepository(t *testing.T) {
	apptest.TestRepository(t, func(*testing.T) fulfil.Repository { return apptest.NewRepository() })
}

func TestQueue(t *testing.T) {
	const lease = 200 * time.Millisecond
	apptest.TestQueue(t, lease, func(*testing.T) fulfil.Queue { return &apptest.Queue{Lease: lease} })
}

func TestNotices(t *testing.T) {
	apptest.TestNotices(t, func(*testing.T) (one, other fulfil.Notices) {
		n := &apptest.Notices{}
		return n, n
	})
}

func TestAudit(t *testing.T) {
	apptest.TestAudit(t, func(*testing.T) fulfil.Audit { return &apptest.Audit{} })
}
