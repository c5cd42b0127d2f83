// Package trend keeps the figures of drills over weeks in a small file, and says
// what got slower, what is flaky, and what comes too near to its budget.
//
// A [Store] is a SQLite file, to be committed or cached. Results come into it from
// the lines that test binaries append to .drill/results.jsonl, each once however
// often they are imported, so that nothing but the command links a database.
//
// Figures are only held against others of the same [Series]: the same drill of the
// same system, in the same kind of world, at the same speed, on a machine with the
// same platform and number of CPUs. Within one, the results of the last runs are
// held against those of the runs before ([Options]):
//
//   - A time is summed up as its median, and compared by the Mann-Whitney U test,
//     two-sided, which assumes nothing of how times are spread. Of all comparisons
//     of a table at most Alpha are false, in the sense of Holm: that is the chance
//     that one or more of its marks would be there if nothing had changed. A
//     comparison that has too few runs to be significant beside the others, however
//     clear its change, is left out of them and called so. What is significant is
//     marked where the median moved by AtLeast or more.
//   - A run counts for a time if it came so far, passed or not: to leave out those
//     that failed would hide the slow ones.
//   - Of runs that repeat a seed at one commit, only the last counts: they are no
//     independent samples.
//   - A series without a run since another had all its recent ones, as of a drill that
//     is gone, or of a speed that was tried once, is shown, and neither compared nor
//     marked.
//   - A run that a person stopped before it had a verdict is left out.
//   - The share of runs that did not pass stands beside its interval by Wilson
//     (1927), at 95 %. A drill is broken where none of several passed, of the recent
//     runs or of all, and else flaky where some passed and the lower end is above
//     Tolerated.
//   - A budget is exceeded where the 95th percentile (nearest rank) of the recent runs
//     is above the runbook's budget. Of less than twenty results that is the longest:
//     then the last run has to be above the budget, too. It is loose where that of all
//     results of the series, however old, is below its half; there have to be a hundred
//     of them at least.
//
// The table is made anew every night: of a hundred quiet nights, up to five bear a
// false mark at the default Alpha.
package trend
