/** Prints the one closing line people and machines look for: `N passed, N failed[, N skipped]`. */
export default class ClosingLine {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        const retryCount = test.diagnostic()?.retryCount ?? 0;
        if (retryCount > 0) console.log(`run again ${retryCount} time${retryCount > 1 ? 's' : ''}: ${test.fullName}`);
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          const note = test.result().note;
          console.log(`skipped: ${test.fullName}${note ? ` - ${note}` : ''}`);
        }
      }
    }
    counts.failed += unhandledErrors.length;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  }
}
