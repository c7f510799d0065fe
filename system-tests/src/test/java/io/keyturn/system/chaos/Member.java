package io.keyturn.system.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One SecretRotation of the fleet.
 *
 * @param publications how many Secrets hold its value
 * @param checked whether its check asks the weather, so that some of its runs go back
 */
record Member(String name, boolean twoRoles, int publications, boolean checked) {
    /** Of two roles and of one role in turn, with one, two or three publications; every fifth has a check. */
    static List<Member> fleet(int size) {
        var members = new ArrayList<Member>();
        for (int i = 0; i < size; i++) {
            var twoRoles = i % 2 == 0;
            members.add(new Member((twoRoles ? "two-" : "one-") + i, twoRoles, 1 + i % 3, i % 5 == 0));
        }
        return List.copyOf(members);
    }

    List<String> secrets() {
        return IntStream.range(0, publications).mapToObj(i -> name + "-" + i).toList();
    }

    /** The role that is live at first is {@code a}. */
    String role(String namespace, String which) {
        return (namespace + "_" + name + "_" + which).replace('-', '_');
    }
}
