package io.keyturn.rotation.runner;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.start.Complaint;
import io.keyturn.kit.start.SettingsRule;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.saga.Command;

/**
 * Lets runs stand still where a test says so, for ever, so that it can kill the process just there. Without that setting, which is
 * how it is installed, nothing happens at all.
 */
@ApplicationScoped
class StandStill implements SettingsRule {
    static final String PROPERTY = "keyturn.rotation.runner.crash-points";

    private final List<String> settings;
    private final RotationConfig.Runner config;
    private final ClaimKeeper claims;
    /** By namespace/name of the SecretRotation. */
    private final Map<String, CrashPoint> wanted = new HashMap<>();

    /** Ids of the runs. */
    private final Set<String> standing = ConcurrentHashMap.newKeySet();

    StandStill(RotationConfig config, ClaimKeeper claims) {
        this.config = config.runner();
        this.settings = this.config.crashPoints().orElse(List.of());
        this.claims = claims;
        settings.forEach(setting -> read(setting).ifPresent(wish -> wanted.put(wish.policy(), wish.point())));
    }

    /** A run of that SecretRotation is to stand still there. */
    record Wish(String policy, CrashPoint point) {}

    private static Optional<Wish> read(String setting) {
        var parts = setting.strip().split("=", -1);
        return parts.length == 2 && parts[0].matches("[^/]+/[^/]+")
                ? CrashPoint.named(parts[1]).map(point -> new Wish(parts[0], point))
                : Optional.empty();
    }

    @Override
    public List<Complaint> complaints() {
        return complaints(settings);
    }

    static List<Complaint> complaints(List<String> settings) {
        return settings.stream().allMatch(setting -> read(setting).isPresent())
                ? List.of()
                : List.of(new Complaint(
                        PROPERTY,
                        "is not a list of namespace/name=point",
                        "leave it out, for it is for tests only; points are "
                                + CrashPoint.all().stream()
                                        .map(CrashPoint::toString)
                                        .collect(Collectors.joining(", "))));
    }

    /** Returns at once, or never. What stands still somewhere goes on on no other thread of this process either. */
    void reached(CrashPoint.Moment moment, Command command, Run run) {
        if (wanted.isEmpty()) {
            return;
        }
        var point = CrashPoint.of(moment, command);
        if (point.equals(
                        wanted.get(run.policy().namespace() + "/" + run.policy().name()))
                && standing.add(run.id().value())) {
            RotationLog.LOG.standsStill(run.id(), run.policy(), point.toString());
        }
        if (standing.contains(run.id().value())) {
            claims.during(run, config.claim(), StandStill::forEver);
        }
    }

    private static Void forEver() {
        while (true) {
            LockSupport.park();
        }
    }
}
