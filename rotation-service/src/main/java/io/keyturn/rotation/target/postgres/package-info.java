/** PostgreSQL login roles: AlternatingRoles and SingleRole. */
@NullMarked
package io.keyturn.rotation.target.postgres;

import org.jspecify.annotations.NullMarked;
