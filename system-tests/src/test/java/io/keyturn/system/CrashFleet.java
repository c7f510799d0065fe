package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.Uid;
import io.keyturn.system.CrashCase.Way;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.pod.LoginLedger;
import io.keyturn.testbed.shop.Fleet;
import io.keyturn.testbed.shop.Fleet.Credential;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The SecretRotations of all cases and their credentials, and what is true of them, seen from outside. */
final class CrashFleet {
    private static final Duration PATIENCE = CrashRuns.PATIENCE;
    private static final int LOGINS_PER_SECOND = 6;
    /** Twice what all of them may take to roll at once: at half of it a publication is stamped again. */
    private static final String TIME_TO_ROLL = "16s";

    private final Testbed testbed = Keyturn.testbed();
    private final Map<CrashCase, Credential> first = new HashMap<>();
    private final Fleet fleet;
    private final boolean withReaders;

    /** @param namespace its database, its roles and its paths in the store are named by it too */
    CrashFleet(String namespace) {
        this(namespace, false);
    }

    /** @param withReaders whether a workload reads the Secret of each case that concerns readers */
    CrashFleet(String namespace, boolean withReaders) {
        this.withReaders = withReaders;
        fleet = new Fleet(testbed, testbed.postgres(), namespace);
    }

    String namespace() {
        return fleet.namespace();
    }

    /** The role that is live at first is {@code a}; {@code b} is the other one, where there is one. */
    String role(CrashCase one, String which) {
        return fleet.role(one.name(), which);
    }

    /** Database, roles, paths and Secrets, but no SecretRotation yet. */
    void furnish(List<CrashCase> cases) {
        fleet.create();
        cases.forEach(one -> first.put(one, fleet.add(one.name(), one.alternates(), List.of(one.name()))));
        var read = cases.stream().filter(this::isRead).toList();
        read.forEach(one -> fleet.deploy(one.name(), LOGINS_PER_SECOND));
        awaitStated(read);
        await("readers are there")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(read)
                        .allSatisfy(one -> assertThat(availableReaders(one)).isEqualTo(1)));
    }

    boolean isRead(CrashCase one) {
        return withReaders && one.concernsReaders();
    }

    /** Until the watcher has stated what the Secrets hold: only then is the next value a change to restart-service. */
    private void awaitStated(List<CrashCase> read) {
        var names = read.stream().map(CrashCase::name).toList();
        await("the Secrets are stated")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.facts().of(namespace(), SecretChanged.class))
                        .extracting(changed -> changed.about().name())
                        .containsAll(names));
    }

    private int availableReaders(CrashCase one) {
        var available = fleet.workload(one.name()).getStatus().getAvailableReplicas();
        return available == null ? 0 : available;
    }

    /** Nobody reads any more: who logs in for ever takes time from whatever is tried next. */
    void removeReaders() {
        fleet.removeWorkloads();
    }

    /** How often the workload that reads it was rolled. */
    long rollOuts(CrashCase one) {
        return fleet.workload(one.name()).getMetadata().getGeneration() - 1;
    }

    /** How often readers of all cases have tried to log in. */
    long readersLogins() {
        return Keyturn.pods().ledger().counts(namespace()).stream()
                .mapToLong(count -> count.successes() + count.failures())
                .sum();
    }

    /** Readers of which cases were refused a login. */
    Set<String> readersRefused() {
        return Keyturn.pods().ledger().failedLogins(namespace()).stream()
                .map(LoginLedger.Login::app)
                .collect(Collectors.toSet());
    }

    /** As a volume that is restored does: the database knows another password than the one that is kept. */
    void restoreVolume(CrashCase one) {
        fleet.setPasswordBehindEverybodysBack(role(one, "a"));
    }

    void startRotations(List<CrashCase> cases) {
        fleet.apply(cases.stream().map(this::manifest));
    }

    private String manifest(CrashCase one) {
        var port = testbed.postgres().port();
        return fleet.manifest(one.name(), one.alternates(), List.of(one.name()), port, """
                consumers: {deadline: %s}
                approval: %s
                %s
                """.formatted(
                        one.way() != Way.BACK ? "10m" : isRead(one) ? TIME_TO_ROLL : "3s",
                        one.way() == Way.APPROVAL ? "Required" : "None",
                        one.way() == Way.BACK ? checkThatFails() : ""));
    }

    /** There is no such Service, so it never passes. */
    private String checkThatFails() {
        return "verify: [{http: {url: \"http://nobody." + namespace() + ".svc/\", timeout: 1s}}]";
    }

    void annotate(CrashCase one, Map<String, String> annotations) {
        fleet.annotate(one.name(), annotations);
    }

    /** A field of status, such as {@code lastRotation.outcome}; empty if it is not there. */
    String status(CrashCase one, String path) {
        return fleet.status(one.name(), path);
    }

    /** Whether it would stay if somebody deleted it now. */
    boolean isHeld(CrashCase one) {
        return !fleet.rotation(one.name()).get().getMetadata().getFinalizers().isEmpty();
    }

    Uid uid(CrashCase one) {
        return new Uid(fleet.rotation(one.name()).get().getMetadata().getUid());
    }

    /** What was live when everything began. */
    Credential first(CrashCase one) {
        return requireNonNull(first.get(one));
    }

    Credential live(CrashCase one) {
        return fleet.live(one.name());
    }

    int versions(CrashCase one) {
        return fleet.versions(one.name());
    }

    Credential published(CrashCase one) {
        return fleet.published(one.name());
    }

    /** The new values of a run: one, unless the target refused some; each claim may have a copy. */
    Stream<Credential> pending(CrashCase one, String run) {
        return fleet.kept(one.name(), run, "pending-");
    }

    /** The live value, and those that the run keeps. */
    List<Credential> keptAnywhere(CrashCase one, String run) {
        var all = new ArrayList<>(List.of(live(one)));
        fleet.kept(one.name(), run, "").forEach(all::add);
        return all;
    }

    /** Whatever lies in the pending mount for that SecretRotation. */
    List<String> left(CrashCase one) {
        return fleet.pending(one.name(), "");
    }

    boolean logsIn(Credential credential) {
        try (var _ = testbed.postgres().connect(fleet.database(), credential.user(), credential.password())) {
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
                return false;
            }
            throw new AssertionError("Login failed otherwise: SQLSTATE " + e.getSQLState());
        }
    }

    /** How often the password of each role was set, by the server's own log of statements. */
    Map<String, Long> passwordsSet() {
        var set = Pattern.compile("(?i)alter (?:user|role) \"?(" + fleet.role("\\w+") + ")\"? .*password '");
        try (var lines = Files.lines(testbed.postgres().log())) {
            return lines.map(set::matcher)
                    .filter(Matcher::find)
                    .collect(Collectors.groupingBy(found -> found.group(1), Collectors.counting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
