/** Whether audit-service can do its work now. */
@NullMarked
package io.keyturn.audit.health;

import org.jspecify.annotations.NullMarked;
