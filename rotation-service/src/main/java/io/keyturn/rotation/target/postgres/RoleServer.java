package io.keyturn.rotation.target.postgres;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What one server is asked about roles, on behalf of one claim of a run: each call is a login, or a transaction of the admin. Whatever
 * changes a role is undone by nobody with an earlier claim: it is refused there from then on (CONFLICT). No foreign exception leaves it.
 */
interface RoleServer extends AutoCloseable {

    /** Tries to log in, and runs one query if it works. */
    Login login(Credential credential);

    /** What is missing, each once: roles, and whatever else the admin needs for a run; a lack of it would show only half-way. */
    Outcome<List<RotationReason>> lacks(boolean seesStart, boolean terminates);

    /** Gives a role this password and its login; the role is created where the plan says so. */
    Outcome<Boolean> setPassword(Credential next);

    /** Changes nothing, and sees to it that nobody with an earlier claim will. */
    Outcome<Boolean> fence(String principal);

    /** Takes password and login away, if there is such a role. */
    Outcome<Boolean> closeLogin(String principal);

    /**
     * Ends the sessions of a role, as far as the admin may. To be called once its login is gone, or they come back.
     *
     * @param olderThan ends only those, as {@link #sessions} counts them
     */
    Outcome<Boolean> terminate(String principal, @Nullable Supplier<Duration> olderThan);

    /**
     * How many sessions of a role are open.
     *
     * @param olderThan counts only those that began longer ago than this, by the server's clock; asked for when the server is about to
     *     be asked, for the way to it takes time
     */
    Outcome<Integer> sessions(String principal, @Nullable Supplier<Duration> olderThan);

    /** Closes what we have open ourselves as this principal, so that it is not taken for somebody's session. */
    void leaveAs(String principal);

    /** Wipes the admin credential. */
    @Override
    void close();
}
