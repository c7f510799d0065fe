package io.keyturn.rotation.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Reads the URL of a check part by part, so that a fault is told by its own name. */
sealed interface CheckUrl {
    /** One that an HTTP client takes. */
    record Callable(URI url) implements CheckUrl {}

    /** @param fix what would do instead */
    record Refused(String fix) implements CheckUrl {}

    Pattern PARTS = Pattern.compile("https?://(?<authority>[^/?#]+)(?<rest>.*)");
    Pattern PORT = Pattern.compile(".*:(?<port>[0-9]+)");

    /** Path, query and fragment, as the schema of the custom resource has them. */
    Pattern REST = Pattern.compile("(/([!$&-;=@-Z_a-z~]|%[0-9A-Fa-f]{2})*)?"
            + "([?]([\\[\\]!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?"
            + "(#([\\[\\]!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?");

    static CheckUrl read(@Nullable String text) {
        var parts = PARTS.matcher(text == null ? "" : text);
        if (!parts.matches()) {
            return new Refused("must be an http or https URL with a host");
        }
        var authority = parts.group("authority");
        if (authority.contains("@")) {
            return new Refused("must be without user name and password");
        }
        var port = PORT.matcher(authority);
        if (port.matches() && !isPort(port.group("port"))) {
            return new Refused("the port must be 1 to 65535");
        }
        if (!hasHost(authority)) {
            return new Refused(
                    "the host must be a DNS name of letters, digits, '-' and '.', four decimal numbers, or an"
                            + " IPv6 address in brackets");
        }
        return REST.matcher(parts.group("rest")).matches()
                ? new Callable(URI.create(parts.group()))
                : new Refused(
                        "a URL cannot hold all of these characters; write others than letters, digits and those of"
                                + " its syntax, and % itself, as % and two hexadecimal digits, such as %7B for {");
    }

    private static boolean isPort(String digits) {
        return digits.length() <= 5 && Integer.parseInt(digits) > 0 && Integer.parseInt(digits) < 65_536;
    }

    /** Java finds no host in what is no name of the DNS. */
    private static boolean hasHost(String authority) {
        try {
            return new URI("http://" + authority).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
