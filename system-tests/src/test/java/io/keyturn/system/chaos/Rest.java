package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.keyturn.system.chaos.TargetLogin.Answer;

/**
 * What must hold of every member once the trouble is over.
 *
 * @param asked when somebody asked for the last time
 */
record Rest(ChaosFleet fleet, Sight sight, TargetLogin login, Runs runs, Map<Member, Instant> asked) {
    /** What is not at rest, or not as it must be; nothing if all is well. */
    List<String> complaints() {
        var complaints = new ArrayList<>(runs.idsUsedTwice());
        for (var member : fleet.members()) {
            complaints.addAll(runs.statedTwice(member));
            complaints.addAll(complaints(member));
        }
        return complaints;
    }

    private List<String> complaints(Member member) {
        var complaints = new ArrayList<String>();
        runs.endless(member).forEach(id -> complaints.add("request or run " + id + " is not over"));
        // Whoever asks again before the watcher has seen the first token has asked once.
        var last = asked.get(member);
        if (last != null && !runs.isSaidSince(member, last)) {
            complaints.add("what was asked for last was never said");
        }
        var live = sight.live(member);
        if (login.with(live) != Answer.ACCEPTED) {
            complaints.add("VALUE LOST: the live value does not log in");
        }
        for (var secret : member.secrets()) {
            if (!sight.published(secret).equals(live)) {
                complaints.add("Secret " + secret + " does not hold the live value");
            }
        }
        sight.left(member).forEach(run -> complaints.add("values of run " + run + " are left in the pending mount"));
        int versions = sight.versions(member);
        int expected = runs.versions(member);
        if (versions != expected) {
            complaints.add("the live value has " + versions + " versions, and its runs account for " + expected);
        }
        return complaints.stream().map(text -> member.name() + ": " + text).toList();
    }
}
