package io.github.cdkliquibase.stage.database;

import com.fasterxml.jackson.annotation.JsonAutoDetect;

/** The fields of a database secret, named as RDS names them. */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
record RdsSecret(String username, String password, String host, int port, String dbname, String engine) {

    @Override
    public String toString() {
        return "RdsSecret[username=" + username + ", host=" + host + "]";
    }
}
