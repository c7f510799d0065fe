package io.keyturn.watcher.leader;

import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.start.Complaint;
import io.keyturn.kit.start.SettingsRule;
import io.keyturn.watcher.WatcherConfig;

/** A leader must notice that it cannot renew before others may lead, and have tried more than once. */
@ApplicationScoped
class LeaderTimes implements SettingsRule {
    private final WatcherConfig.Leader leader;

    LeaderTimes(WatcherConfig config) {
        this.leader = config.leader();
    }

    @Override
    public List<Complaint> complaints() {
        var complaints = new ArrayList<Complaint>();
        if (leader.renewDeadline().compareTo(leader.leaseDuration()) >= 0) {
            complaints.add(new Complaint(
                    "keyturn.watcher.leader.renew-deadline",
                    "is not shorter than keyturn.watcher.leader.lease-duration",
                    "make it two thirds of that"));
        }
        if (leader.retryPeriod().multipliedBy(2).compareTo(leader.renewDeadline()) > 0) {
            complaints.add(new Complaint(
                    "keyturn.watcher.leader.retry-period",
                    "is more than half of keyturn.watcher.leader.renew-deadline",
                    "make it a fifth of that"));
        }
        return complaints;
    }
}
