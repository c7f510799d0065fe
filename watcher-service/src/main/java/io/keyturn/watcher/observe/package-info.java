/** Kubernetes: metadata-only watches, one GET per changed object, fingerprints instead of values. */
@NullMarked
package io.keyturn.watcher.observe;

import org.jspecify.annotations.NullMarked;
