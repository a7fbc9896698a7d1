package org.svgen.hub;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/** Turns the hub's refusals into words that say what to do. */
final class HubErrors {
    /** Headers by which the hub says more than the status does. */
    private static final String CODE = "X-Error-Code";

    private static final String MESSAGE = "X-Error-Message";

    private final HubSettings settings;
    private final ModelId id;

    HubErrors(HubSettings settings, ModelId id) {
        this.settings = settings;
        this.id = id;
    }

    /**
     * Returns if the answer is good.
     *
     * @param file the file asked for; null if it was the repository
     * @throws TransientException if it may be good later
     * @throws SvgenException if it will not be
     */
    void check(Http.Answer answer, @Nullable String file) throws IOException {
        int status = answer.status();
        if (status >= 200 && status < 400) {
            return;
        }
        answer.close();
        if (status == 408 || status == 429 || status >= 500) {
            String why = status == 429 ? "too many requests" : "the hub is in trouble";
            throw new TransientException(
                    "%s (HTTP %d)".formatted(why, status), RetryAfter.of(answer, Instant.now()));
        }
        if (status == 407) {
            throw new BadInputException(
                    "the proxy wants a name and a password, which svgen does not give: use one without, see HTTPS_PROXY and NO_PROXY");
        }
        if (!Http.sameHost(answer.from(), settings.endpoint())) {
            // Addresses elsewhere are signed and expire; the next attempt gets a new one.
            throw new TransientException(
                    "%s answers HTTP %d".formatted(answer.from().getHost(), status), null);
        }
        String code = answer.header(CODE);
        String message = answer.header(MESSAGE);
        if (code.equals("GatedRepo")) {
            throw gated();
        }
        if (code.equals("RevisionNotFound")) {
            throw new BadInputException(
                    "%s has no revision %s".formatted(id.repo(), Untrusted.quoted(id.revision())));
        }
        if (code.equals("EntryNotFound") || (status == 404 && file != null)) {
            throw new BadInputException(
                    "%s has no file %s at revision %s".formatted(id.repo(), file, id.revision()));
        }
        if (message.startsWith("Invalid credentials") && settings.token() != null) {
            throw new BadInputException(
                    "%s does not accept the token; set HF_TOKEN to a valid one, or to nothing"
                            .formatted(settings.endpoint()));
        }
        if (code.equals("RepoNotFound") || status == 404 || status == 401) {
            throw unknown();
        }
        String text =
                "%s: the hub refuses: HTTP %d%s"
                        .formatted(
                                file == null ? id : id.repo() + "/" + file,
                                status,
                                message.isEmpty() ? "" : ", " + Untrusted.oneLine(message));
        throw status == 403 ? new BadInputException(text) : new SvgenException(text);
    }

    private BadInputException gated() {
        String page = settings.endpoint() + "/" + id.repo();
        return new BadInputException(
                settings.token() == null
                        ? "%s is gated: accept its licence at %s, then set HF_TOKEN to a token of that account"
                                .formatted(id.repo(), page)
                        : "%s is gated, and the account of this token has no access: accept the licence at %s"
                                .formatted(id.repo(), page));
    }

    /** The hub does not say to strangers which private repositories exist. */
    private BadInputException unknown() {
        return new BadInputException(
                "%s has no model %s, or it is private: check the name, %s"
                        .formatted(
                                settings.endpoint(),
                                id.repo(),
                                settings.token() == null
                                        ? "or set HF_TOKEN"
                                        : "and what the token may read"));
    }
}
