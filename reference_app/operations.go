package fulfil

import "embed"

// AlertRules is the service's Prometheus rule file, alerts.yml.
//
//go:embed alerts.yml
var AlertRules []byte

// Objectives is objectives.yml: the conditions, in PromQL, that hold when all is
// well.
//
//go:embed objectives.yml
var Objectives []byte

// Runbooks holds one Markdown file for each failure mode, under runbooks/.
//
//go:embed runbooks
var Runbooks embed.FS
