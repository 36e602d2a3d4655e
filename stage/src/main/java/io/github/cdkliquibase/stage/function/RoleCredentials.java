package io.github.cdkliquibase.stage.function;

/**
 * The keys of a role for a while, as Lambda puts them into the environment of a function. Played ones: they open nothing.
 *
 * @param accessKeyId names the keys in a signature
 * @param secretAccessKey what is signed with
 * @param sessionToken goes along with each signature
 */
public record RoleCredentials(String accessKeyId, String secretAccessKey, String sessionToken) {}
