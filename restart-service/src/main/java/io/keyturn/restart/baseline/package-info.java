/** PURE. What content a workload has in use, and whether the present content differs from it. */
@NullMarked
package io.keyturn.restart.baseline;

import org.jspecify.annotations.NullMarked;
