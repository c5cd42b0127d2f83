package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for what the page is made of
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/drillbook/drillbook/sim"
)

//go:embed page/style.css
var style string

//go:embed page/hover.js
var script string

//go:embed page/page.html
var pageSource string

// pageData is what the template is given.
type pageData struct {
	index

	Style  template.CSS
	Script template.JS
	Policy string
}

// HTML writes one page, which needs nothing but itself: its policy forbids it to
// fetch anything, and to run any script but its own.
func (run Run) HTML(w io.Writer) error {
	page, err := template.New("page").Funcs(template.FuncMap{"class": func(o sim.Outcome) string { return class(o) }}).Parse(pageSource)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(script))
	policy := fmt.Sprintf("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", base64.StdEncoding.EncodeToString(sum[:]))
	var out bytes.Buffer
	err = page.Execute(&out, pageData{run.index(), template.CSS(style), template.JS(script), policy}) //nolint:gosec // both are our own
	if err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// Anchors are the fragments under which the page shows each drill.
func (run Run) Anchors() []string {
	var all []string
	for _, d := range run.Drills {
		all = append(all, d.anchor)
	}
	return all
}
