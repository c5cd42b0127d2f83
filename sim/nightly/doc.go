// Package nightly spends the minutes of a night on drills: each once in virtual
// time, as many as fit in containers, one after the other and as near to real time
// as the minutes allow, then drills spoiled on purpose, then more seeds in virtual
// time until the time is used up. It closes with the trend and the report.
//
// Everything it does is a drill command that somebody could have typed; each is
// printed before it runs. What was left out, and why, is said.
package nightly
