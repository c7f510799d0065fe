/** Reading the record over HTTP: pages of events, and the verification of the chain. */
@NullMarked
package io.keyturn.audit.query;

import org.jspecify.annotations.NullMarked;
