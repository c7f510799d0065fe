/** Child processes that die with this JVM, free ports, scratch folders, the folder of a run's logs, the prepared tools. */
@NullMarked
package io.keyturn.testbed.process;

import org.jspecify.annotations.NullMarked;
