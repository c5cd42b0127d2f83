package runbook_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

func ExampleParse() {
	src, err := os.ReadFile("testdata/sample.md")
	if err != nil {
		panic(err)
	}
	book, err := runbook.Parse("sample.md", src)
	if err != nil {
		panic(err)
	}
	for _, step := range book.Steps {
		fmt.Printf("%d %s: opctl %s\n", step.Number, step.Section, strings.Join(step.Words, " "))
	}
	_, err = runbook.Parse("sample.md", []byte(strings.Replace(string(src), "opctl valve list", "valve list | head", 1)))
	fmt.Println(err)
	// Output:
	// 1 Diagnosis: opctl valve list
	// 2 Mitigation: opctl valve close --reason it drips
	// sample.md:28: a step is one plain line "opctl …": no pipe, list, redirection, variable, pattern or comment
}
