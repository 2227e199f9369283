# SQL for tests; results have the format of `psql -At`.
#
#   sql("select id, active from scim.resource where ...")    # one line for each row: "1|t\n2|f"
#
# The environment has the connection's parameters (PGHOST, PGDATABASE, PGUSER ...); a test can change them with `local`.
# The connection is kept, and reset before the next call: as with a new psql, `set`, `prepare` and `begin` have no effect
# on later calls. Several statements in one call are one transaction. DBD::Pg returns only the result of the last one; if
# another one may have a result too, psql is used.
package ScimSql;
use strict;
use warnings;
use utf8;
use DBI;
use Exporter 'import';

our @EXPORT = qw(sql run_ok);

# A statement with a result, followed by another one.
my $answers = qr/(?:select|values|table|with|show|execute|explain|fetch)\b|(?!prepare\b)[^;]*\breturning\b/is;
my $several = qr/(?:\A|;)(?:\s|--[^\n]*\n)*+$answers.*;\s*\S/is;
my %kept;

# Returns the result as text; dies with the server's message.
sub sql {
    my ($query) = @_;
    return _psql($query) if $query =~ $several;
    my $kept = _connection();
    my $answer = eval { _ask($kept, $query) };
    my $error  = $@;
    _reset($kept);
    die 'psql: ' . ($error =~ s/^DBD::Pg::\w+ \w+ failed: //r) unless defined $answer;
    return $answer;
}

# Runs a command without a shell; returns (standard output and error, exit code).
sub run_ok {
    my @command = @_;
    my $pid = open my $out, '-|';
    defined $pid or die "fork: $!";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        exec @command or die "$command[0]: $!";
    }
    local $/;
    my $text = <$out>;
    close $out;
    return wantarray ? ($text, $? >> 8) : $text;
}

sub _psql {
    my ($query) = @_;
    utf8::encode($query) if utf8::is_utf8($query);
    my ($text, $code) = run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1 -c), $query);
    die "psql: $text" if $code;
    chomp $text;
    utf8::decode($text);
    return $text;
}

# A forked child has its own connections, and a connection that PostgreSQL has closed is opened again.
sub _connection {
    my $key = join "\0", $$, map { "$_=" . ($ENV{$_} // '') } grep {/^PG/} sort keys %ENV;
    return $kept{$key} if $kept{$key} && $kept{$key}->ping;
    return $kept{$key} = DBI->connect('dbi:Pg:', undef, undef, {
        AutoCommit => 1, AutoInactiveDestroy => 1, PrintError => 0, PrintWarn => 0, RaiseError => 1,
        pg_bool_tf => 1, pg_enable_utf8 => 1, pg_expand_array => 0,
    }) // die 'psql: ' . DBI->errstr;
}

sub _ask {
    my ($kept, $query) = @_;
    my $statement = $kept->prepare($query, { pg_direct => 1, pg_server_prepare => 0 });
    $statement->execute;
    return '' unless $statement->{NUM_OF_FIELDS};
    my @types = @{ $statement->{pg_type} };
    my @lines;
    while (my $row = $statement->fetch) {
        push @lines, join '|', map { _text($row->[$_], $types[$_]) } 0 .. $#types;
    }
    return join "\n", @lines;
}

sub _text {
    my ($value, $type) = @_;
    return '' unless defined $value;
    return $value unless $type eq 'bytea';
    return '\x' . unpack 'H*', $value;
}

# Reports the numbers of read rows at once, as at the end of psql: ScimReads uses them.
sub _reset {
    my ($kept) = @_;
    eval {
        $kept->do('rollback') if $kept->ping > 2;
        $kept->do('discard all');
        $kept->do('select pg_stat_force_next_flush()');
        1;
    } or $kept->disconnect;
    return;
}

1;
