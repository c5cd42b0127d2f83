// Package exercises teaches by rehearsing: exercises that grade themselves, each by
// drills in virtual time. A learner changes runbooks, rules and answers, which are
// data; nothing that a learner wrote is ever run outside of the harness.
//
// "make learn" is the way in; README.md is the path for learners, INSTRUCTOR.md is
// for those who teach. Each exercise is a folder with its page, hints.md, and start/,
// what a learner begins with. Where they work is work/, which git ignores.
//
// To add an exercise, add a folder and a row to [All], a reference solution to
// spoilers/, and wrong answers to the table in wrong_test.go.
package exercises
